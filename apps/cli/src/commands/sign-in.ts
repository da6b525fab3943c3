// The shared part of `signup` and `login`. The password comes from a prompt that hides it, or from a pipe. There is no
// option for it, because every user of the machine can read a process's arguments, and shells store them.
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
