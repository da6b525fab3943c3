import { usageError } from "../cli-error.ts";
import type { Io } from "../io.ts";

/** All that is piped in, as UTF-8. */
export async function readStdin(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk as Buffer | string));
  return Buffer.concat(chunks).toString("utf8");
}

/** A password piped in: the first line. Never read from a terminal, which would show it. */
export async function readPassword(io: Io): Promise<string> {
  if (io.stdin.isTTY) {
    throw usageError("--password-stdin reads a pipe or a file. Leave it out to be asked for the password.");
  }
  const [password] = (await readStdin(io)).split(/\r?\n/, 1);
  if (!password) throw usageError("Standard input is empty: pipe the password in.");
  return password;
}
