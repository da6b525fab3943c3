// The shared part of `signup` and `login`. The password comes from a prompt that hides it, or from a pipe. There is no
// option for it, because every user of the machine can read a process's arguments, and shells store them.
import type { SignedIn } from "@projostack/sdk";
import type { Command } from "commander";
import { CliError, usageError } from "../cli-error.ts";
import type { Cli } from "../cli.ts";
import type { Account } from "../credentials/credentials.ts";
import { isLoopback } from "../connection/server-url.ts";
import type { Server } from "../connection/server.ts";
import { askPassword, askText } from "../terminal/prompts.ts";
import { readSecret } from "../terminal/read-stdin.ts";

export interface SignInOptions {
  passwordStdin?: boolean;
}

export const addSignInOptions = (command: Command): Command =>
  command
    .argument("[email]", "email address (default: prompt for it)")
    .option("--password-stdin", "read the password from standard input instead of a prompt");

interface AccountInput {
  server: Server;
  email: string | undefined;
  options: SignInOptions;
}

/** Reads the email and the password, after a check that the session can be stored. @throws CliError */
export async function readAccount(
  cli: Cli,
  { server, email, options }: AccountInput,
): Promise<{ email: string; password: string }> {
  await server.requireStore();
  const { url } = server;
  if (url.startsWith("http:") && !isLoopback(url)) {
    cli.message(`Warning: ${url} is not encrypted. Others on the network can read the password. Use https.`);
  }
  const address =
    email ??
    (await askText(cli.io, {
      message: "Email",
      nonInteractiveHint: "There is no terminal to ask for the email. Add it as an argument.",
    }));
  if (options.passwordStdin)
    return { email: address, password: await readSecret(cli.io, "--password-stdin", "password") };
  const password = await askPassword(cli.io, {
    message: "Password",
    nonInteractiveHint: "There is no terminal to ask for the password. Pipe it in with --password-stdin.",
  });
  return { email: address, password };
}

/** Asks for the password again: the prompt hides it, so a typing error would lock the user out. @throws CliError */
export async function confirmPassword({ io }: Cli, password: string): Promise<void> {
  const again = await askPassword(io, { message: "Repeat the password", nonInteractiveHint: "" });
  if (again !== password) throw usageError("The two passwords differ. Run the command again.");
}

interface NewSession {
  signedIn: SignedIn;
  /** The next command for a user without a selected workspace. Omit it when the command continues. */
  next?: string;
}

/** Ends a session that could not be stored, because nobody could use or end it later. @returns the error to throw */
async function withoutSession(error: unknown, server: Server, accessToken: string): Promise<unknown> {
  if (!(error instanceof CliError)) return error;
  const end = await server
    .as(accessToken)
    .auth.signOut()
    .then(
      () => "The sign-in was undone.",
      () => "The session remains on the server; after the next sign-in, end it: projo sessions list",
    );
  return new CliError(error.reason, `${error.message} ${end}`, { exitCode: error.exitCode, cause: error });
}

/** Stores the session, and prints the account and the next command. */
export async function storeSignIn(cli: Cli, server: Server, { signedIn, next }: NewSession): Promise<void> {
  const { user, session, accessToken, accessTokenExpiresAt, refreshToken } = signedIn;
  const { url } = server;
  const sessionIdleSeconds = Math.round(
    (Date.parse(session.expiresAt) - Date.parse(session.createdAt)) / 1000,
  );
  let workspace: Account["workspace"];
  const create = (stored: Account | undefined): Account => {
    workspace = stored?.workspace;
    return {
      ...stored,
      email: user.email,
      session: { accessToken, accessTokenExpiresAt, refreshToken, sessionId: session.id },
      sessionIdleSeconds,
    };
  };
  let others: readonly string[];
  try {
    others = await server.storeAccount(user.email, create);
  } catch (error) {
    throw await withoutSession(error, server, accessToken);
  }
  if (server.tokenFromEnvironment) cli.message("PROJO_TOKEN is set and takes precedence over this sign-in.");
  if (cli.json) {
    cli.value({ url, user, workspace: workspace ?? null });
    return;
  }
  cli.message(`Signed in to ${url} as ${user.email}.`);
  const [other] = others;
  if (other !== undefined) {
    const names = others.length === 1 ? other : `${other} and ${others.length - 1} more`;
    cli.message(`You stay signed in there as ${names}. To change the account: projo auth switch ${other}`);
  }
  if (workspace) cli.message(`Workspace: ${workspace.name}`);
  else if (next !== undefined) cli.message(`Next: ${next}`);
}
