import { usageError } from "../cli-error.ts";
import type { Io } from "../io.ts";

/** Reads all of standard input as UTF-8. */
export async function readStdin(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk as Buffer | string));
  return Buffer.concat(chunks).toString("utf8");
}

/** Reads a secret from the first line of standard input. @throws CliError when it is empty or a terminal */
export async function readSecret(io: Io, option: string, name: string): Promise<string> {
  const [secret] = await readLines(io, option, `the ${name}`);
  if (!secret) throw usageError(`Standard input is empty. Pipe in the ${name}.`);
  return secret;
}

/** Reads two secrets from the first two lines of standard input. @throws CliError */
export async function readTwoSecrets(
  io: Io,
  option: string,
  names: readonly [string, string],
): Promise<[string, string]> {
  const both = `the ${names[0]}, then the ${names[1]}`;
  const [first, second] = await readLines(io, option, both);
  if (!first || !second)
    throw usageError(`Standard input is incomplete. Pipe in ${both}, each on its own line.`);
  return [first, second];
}

/** Refuses a terminal, because it would show the secret. */
async function readLines(io: Io, option: string, what: string): Promise<string[]> {
  if (io.stdin.isTTY) {
    throw usageError(`${option} reads from a pipe or a file. Omit the option to enter ${what} at a prompt.`);
  }
  return (await readStdin(io)).split(/\r?\n/);
}
