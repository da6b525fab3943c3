// A file that is there whole or not at all, and that only its owner can read: a log holds addresses of people.
import { randomUUID } from "node:crypto";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CliError, usageError } from "../../cli-error.ts";
import type { Io } from "../../io.ts";

export type Write = (text: string) => Promise<void>;

/** Writes beside the file, then renames. Whatever was there stays as it is until then, and when the work fails. */
export async function writeWhole<T>(io: Io, file: string, work: (write: Write) => Promise<T>): Promise<T> {
  const path = await placeOf(resolve(io.workingDirectory, file), file);
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    const opened = await open(temporary, "wx", 0o600);
    let done: T;
    try {
      // The system may take a part of what it is given; appendFile goes on until all is written.
      done = await work((text) => opened.appendFile(text, "utf8"));
      await opened.sync();
    } finally {
      await opened.close();
    }
    await rename(temporary, path);
    return done;
  } catch (error) {
    await rm(temporary, { force: true });
    if (!isSystemError(error)) throw error;
    throw new CliError(
      "cli.file_unwritable",
      `${file} cannot be written (${error.code}). Name a file in a directory that is there and yours, with room.`,
      { cause: error },
    );
  }
}

/** Where a link leads. A rename would put a file in the place of a device or a pipe. */
async function placeOf(path: string, file: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return path;
  if (!found.isFile()) throw usageError(`${file} is not a file. Name one, or leave --out out.`);
  return realpath(path);
}

const isSystemError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";
