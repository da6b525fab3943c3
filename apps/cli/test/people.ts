// Several people, each at a shell of their own, in one workspace.
import { eventually, mailsOf, type TestServer } from "@projostack/api/testing";
import { expectDone, openShell, openSignedIn, PASSWORD, type Shell } from "./kit.ts";

/** The same as `openSignedIn`, with a verified address: somebody who may invite. */
export async function openVerifiedAdmin(server: TestServer, email: string): Promise<Shell> {
  const shell = await openSignedIn(server.url, email);
  await server.database.owner("UPDATE users SET email_verified_at = now() WHERE email = $1", [email]);
  return shell;
}

/** Somebody signed in whose address is verified, in no workspace. */
export async function openVerified(server: TestServer, email: string): Promise<Shell> {
  const shell = await openShell(server.url);
  await expectDone(shell.projo(["signup", email, "--password-stdin"], { stdin: PASSWORD }));
  const token = await mailedToken(server, email, "pjo_");
  await expectDone(shell.projo(["email", "verify", "--stdin"], { stdin: token }));
  return shell;
}

/** The last token of a kind that was mailed to the address: `pjo_` verifies it, `pji_` accepts an invite. */
export async function mailedToken(server: TestServer, email: string, kind: string): Promise<string> {
  return eventually(async () => {
    const mails = (await mailsOf(server)).filter(({ headers }) => headers.get("to") === email);
    return mails.map(({ token }) => token).findLast((token) => token.startsWith(kind));
  });
}

/** What `projo` prints with --json. */
export async function jsonOf<T>(shell: Shell, ...argv: string[]): Promise<T> {
  return JSON.parse((await expectDone(shell.projo([...argv, "--json"]))).out) as T;
}

/** The link that the inviter is shown. */
export async function invite(admin: Shell, email: string, role = "member"): Promise<string> {
  return (await expectDone(admin.projo(["invites", "create", email, "--role", role]))).out.trim();
}

/** Somebody who joined the workspace that the admin has chosen. */
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
