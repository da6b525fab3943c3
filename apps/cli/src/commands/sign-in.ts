// What `signup` and `login` share. A password is typed at a prompt that hides it or piped in; there is no option that
// takes one, because every user of the machine can read the arguments of a process, and shells keep them.
import type { SignedIn } from "@projostack/sdk";
import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Cli } from "../cli.ts";
import { isLoopback } from "../server-url.ts";
import type { Server } from "../server.ts";
import { askPassword, askText } from "../terminal/prompts.ts";
import { readSecret } from "../terminal/read-stdin.ts";

export interface SignInOptions {
  passwordStdin?: boolean;
}

export const addSignInOptions = (command: Command): Command =>
  command
    .argument("[email]", "asked for when left out")
    .option("--password-stdin", "read the password from standard input instead of asking for it");

interface Asked {
  url: string;
  email: string | undefined;
  options: SignInOptions;
}

export async function readSignIn(
  cli: Cli,
  { url, email, options }: Asked,
): Promise<{ email: string; password: string }> {
  if (url.startsWith("http:") && !isLoopback(url)) {
    cli.say(`Careful: ${url} is not encrypted. Others on the network can read the password. Use https.`);
  }
  const address =
    email ?? (await askText(cli.io, { message: "Email", instead: "Name the email as an argument." }));
  if (options.passwordStdin)
    return { email: address, password: await readSecret(cli.io, "--password-stdin", "password") };
  const password = await askPassword(cli.io, {
    message: "Password",
    instead: "Nobody is here to type a password. Pipe it in, with --password-stdin.",
  });
  return { email: address, password };
}

/** Nobody sees what they type, so a slip would lock them out of the account they just made. */
export async function askAgain({ io }: Cli, password: string): Promise<void> {
  const again = await askPassword(io, { message: "The same password again", instead: "" });
  if (again !== password) throw usageError("The two passwords differ. Run it again.");
}

interface Opened {
  signedIn: SignedIn;
  /** Said to someone who has no workspace chosen. Left out where the command goes on by itself. */
  next?: string;
}

/** Stores the session, says so, and says what to do next. */
export async function keepSignIn(cli: Cli, server: Server, { signedIn, next }: Opened): Promise<void> {
  const { user, session, accessToken, accessTokenExpiresAt, refreshToken } = signedIn;
  const { url, stored } = server;
  const workspace = stored?.email === user.email ? stored.workspace : undefined;
  const tokens = { accessToken, accessTokenExpiresAt, refreshToken, sessionId: session.id };
  await server.remember(() => ({ email: user.email, session: tokens, ...(workspace && { workspace }) }));
  if (server.tokenFromEnvironment) cli.say("PROJO_TOKEN is set, and is used instead of this sign-in.");
  if (cli.json) {
    cli.value({ url, user, workspace: workspace ?? null });
    return;
  }
  cli.say(`Signed in to ${url} as ${user.email}.`);
  if (workspace) cli.say(`Workspace: ${workspace.name}`);
  else if (next !== undefined) cli.say(`Next: ${next}`);
}
