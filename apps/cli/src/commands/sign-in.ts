// The shared part of `signup` and `login`. The password comes from a prompt that hides it, or from a pipe. There is no
// option for it, because every user of the machine can read a process's arguments, and shells store them.
import type { SignedIn } from "@projostack/sdk";
import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Cli } from "../cli.ts";
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

/** Reads the email and the password of an existing account. @throws CliError */
export async function readAccount(
  cli: Cli,
  { server, email, options }: AccountInput,
): Promise<{ email: string; password: string }> {
  const address = await readAddress(cli, { server, email, options });
  if (options.passwordStdin) return { email: address, password: await readPipedPassword(cli) };
  return { email: address, password: await askPassword(cli.io, { message: "Password", nonInteractiveHint }) };
}

/** Creates an account. At a prompt, asks again for a password that the server refuses. @throws CliError */
export async function signUp(cli: Cli, { server, email, options }: AccountInput): Promise<SignedIn> {
  const { anonymous } = server;
  const address = await readAddress(cli, { server, email, options });
  const send = (password: string) => anonymous.auth.signUp({ email: address, password });
  // Loaded only here, because `login` does not need it.
  const { withNewPassword, withPipedPassword } = await import("./password/new-password.ts");
  if (options.passwordStdin) {
    const password = await readPipedPassword(cli);
    return withPipedPassword(anonymous, password, () => send(password));
  }
  return withNewPassword(cli, { client: anonymous, nonInteractiveHint, label: "Password" }, send);
}

const nonInteractiveHint = "There is no terminal to ask for the password. Pipe it in with --password-stdin.";

const readPipedPassword = ({ io }: Cli): Promise<string> => readSecret(io, "--password-stdin", "password");

/** Reads the email, after a check that the session can be stored. @throws CliError */
async function readAddress(cli: Cli, { server, email, options }: AccountInput): Promise<string> {
  await server.requireStore();
  const { url } = server;
  if (url.startsWith("http:") && !isLoopback(url)) {
    cli.message(`Warning: ${url} is not encrypted. Others on the network can read the password. Use https.`);
  }
  const address =
    email ??
    (await askText(cli.io, {
      message: "Email",
      nonInteractiveHint: options.passwordStdin
        ? "There is no terminal to ask for the email. Add it as an argument."
        : "There is no terminal to ask for the email and the password. Add the email as an argument, and pipe the password in with --password-stdin.",
    }));
  // The server checks the whole address, but only after the prompts for the password.
  if (!address.includes("@")) throw usageError("email: use an address such as ann@example.com.");
  return address;
}
