import { CliError, usageError } from "../cli-error.ts";
import type { Io } from "../io.ts";

/** The server refuses a request of more than 100 KB. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads all of standard input as text: UTF-8, or UTF-16 with a byte order mark, as PowerShell and Notepad write it.
 * @throws CliError when it is longer than a megabyte, or is not text
 */
export async function readStdin(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const buffer of chunksOf(io)) {
    bytes += buffer.length;
    if (bytes > MAX_BYTES) throw usageError("Standard input is longer than 1 MB. Pipe in less.");
    chunks.push(buffer);
  }
  return decode(Buffer.concat(chunks));
}

/** Reads standard input. @throws CliError when that fails, for example because the terminal was closed */
async function* chunksOf({ stdin }: Io): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stdin) yield Buffer.from(chunk as Buffer | string);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new CliError(
      "cli.input_unreadable",
      `Standard input cannot be read (${String(error.code)}). Pipe in a file, or run the command in a terminal.`,
      { cause: error },
    );
  }
}

/** The byte order mark, if there is one, decides between the encodings and is removed. */
function decode(bytes: Buffer): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw usageError("Standard input is not text in UTF-8. Save it as UTF-8, then run the command again.");
  }
}

function encodingOf(bytes: Buffer): "utf-8" | "utf-16le" | "utf-16be" {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  // UTF-16 without a mark: the letters of most languages have a NUL byte first or second.
  if (bytes.length >= 2 && bytes.length % 2 === 0) {
    if (bytes[0] !== 0 && bytes[1] === 0) return "utf-16le";
    if (bytes[0] === 0 && bytes[1] !== 0) return "utf-16be";
  }
  return "utf-8";
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
  return (await readStdin(io)).split(/\r\n|\r|\n/);
}
