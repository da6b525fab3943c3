// Helpers for tests with several users, each with their own shell.
import { eventually, mailsOf, type TestServer } from "@projostack/api/testing";
import { expectDone, openShell, openSignedIn, PASSWORD, type Shell } from "./kit.ts";

/** Does the same as `openSignedIn`, and verifies the address, so that the user may invite others. */
export async function openVerifiedAdmin(server: TestServer, email: string): Promise<Shell> {
  const shell = await openSignedIn(server.url, email);
  await server.database.owner("UPDATE users SET email_verified_at = now() WHERE email = $1", [email]);
  return shell;
}

/** Opens a shell and signs up a user with a verified address and without a workspace. */
export async function openVerified(server: TestServer, email: string): Promise<Shell> {
  const shell = await openShell(server.url);
  await expectDone(shell.projo(["signup", email, "--password-stdin"], { stdin: PASSWORD }));
  const token = await mailedToken(server, email, "pjo_");
  await expectDone(shell.projo(["email", "verify", "--stdin"], { stdin: token }));
  return shell;
}

/** Returns the last token with this prefix that was mailed to the address: `pjo_` verifies it, `pji_` accepts an invite. */
export async function mailedToken(server: TestServer, email: string, prefix: string): Promise<string> {
  return eventually(async () => {
    const mails = (await mailsOf(server)).filter(({ headers }) => headers.get("to") === email);
    return mails.map(({ token }) => token).findLast((token) => token.startsWith(prefix));
  });
}

/** Runs `projo` with --json and parses its output. */
export async function jsonOf<T>(shell: Shell, ...argv: string[]): Promise<T> {
  return JSON.parse((await expectDone(shell.projo([...argv, "--json"]))).out) as T;
}

/** Creates an invite. @returns the inviter's link */
export async function invite(admin: Shell, email: string, role = "member"): Promise<string> {
  return (await expectDone(admin.projo(["invites", "create", email, "--role", role]))).out.trim();
}

/** Opens a shell for a new user, who joins the selected workspace of the admin. */
export async function openMember(
  server: TestServer,
  admin: Shell,
  { email, role }: { email: string; role?: string },
): Promise<Shell> {
  const shell = await openVerified(server, email);
  const link = await invite(admin, email, role);
  await expectDone(shell.projo(["invites", "accept", "--stdin"], { stdin: link }));
  return shell;
}
