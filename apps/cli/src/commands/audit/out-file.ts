// Writes a file as a whole or not at all, readable by its owner only: a log holds personal data.
import { randomUUID } from "node:crypto";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { fileProblem } from "@projostack/sdk/node";
import { CliError, usageError } from "../../cli-error.ts";
import type { Io } from "../../io.ts";

export type Write = (text: string) => Promise<void>;

/** Writes a temporary file, then renames it. An existing file stays unchanged until then, and when the work fails. */
export async function writeAtomically<T>(
  io: Io,
  file: string,
  work: (write: Write) => Promise<T>,
): Promise<T> {
  const path = await resolveTarget(resolve(io.workingDirectory, file), file);
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    const opened = await open(temporary, "wx", 0o600);
    let result: T;
    try {
      // A single write may be partial. appendFile repeats it until all is written.
      result = await work((text) => opened.appendFile(text, "utf8"));
      await opened.sync();
    } finally {
      await opened.close();
    }
    await rename(temporary, path);
    return result;
  } catch (error) {
    await rm(temporary, { force: true });
    throw isSystemError(error) ? unwritable(error, file, path) : error;
  }
}

/** Resolves a symbolic link. Refuses a device or a pipe, which the rename would replace with a file. */
async function resolveTarget(path: string, file: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return path;
  if (!found.isFile()) throw usageError(`${file} is not a regular file. Choose another file, or omit --out.`);
  return realpath(path);
}

function unwritable(error: Error & { code: string }, file: string, path: string): CliError {
  const alternative = "choose another file";
  const { cause, nextStep } = fileProblem(error, { path, action: "written", alternative });
  const message =
    error.code === "ENOENT"
      ? `${file} cannot be written: its directory does not exist. Create the directory, or ${alternative}.`
      : `${file} cannot be written: ${cause}. ${nextStep}`;
  return new CliError("cli.file_unwritable", message, { cause: error });
}

const isSystemError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";
