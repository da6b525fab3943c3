import { usageError } from "../cli-error.ts";
import type { Io } from "../io.ts";

/** All that is piped in, as UTF-8. */
export async function readStdin(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk as Buffer | string));
  return Buffer.concat(chunks).toString("utf8");
}

/** A secret piped in: the first line. */
export async function readSecret(io: Io, option: string, name: string): Promise<string> {
  const [secret] = await readLines(io, option, `the ${name}`);
  if (!secret) throw usageError(`Standard input is empty: pipe the ${name} in.`);
  return secret;
}

/** Two secrets piped in, a line each. */
export async function readTwoSecrets(
  io: Io,
  option: string,
  names: readonly [string, string],
): Promise<[string, string]> {
  const both = `the ${names[0]}, then the ${names[1]}`;
  const [first, second] = await readLines(io, option, both);
  if (!first || !second) throw usageError(`Pipe in ${both}, a line each.`);
  return [first, second];
}

/** Never read from a terminal, which would show it. */
async function readLines(io: Io, option: string, what: string): Promise<string[]> {
  if (io.stdin.isTTY) {
    throw usageError(`${option} reads a pipe or a file. Leave it out to be asked for ${what}.`);
  }
  return (await readStdin(io)).split(/\r?\n/);
}
