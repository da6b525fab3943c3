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

/**
 * Reads a secret that may span lines: all of standard input. @throws CliError when it is empty or a terminal
 */
export async function readSecretText(io: Io, option: string, name: string): Promise<string> {
  const text = (await readLines(io, option, `the ${name}`)).join("\n").trim();
  if (text === "") throw usageError(`Standard input is empty. Pipe in the ${name}.`);
  return text;
}

/**
 * Reads two secrets from the first two lines of standard input. @param isWhole whether the lines so far are the whole first
 * secret; by default it has one line @throws CliError
 */
export async function readTwoSecrets(
  io: Io,
  option: string,
  names: readonly [string, string],
  isWhole: (text: string) => boolean = () => true,
): Promise<[string, string]> {
  const both = `the ${names[0]}, then the ${names[1]}`;
  const lines = await readLines(io, option, both);
  const counts = lines.map((_line, index) => index + 1);
  const count = counts.find((end) => isWhole(lines.slice(0, end).join("\n"))) ?? 1;
  const [first, second] = [lines.slice(0, count).join("\n"), lines[count]];
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
