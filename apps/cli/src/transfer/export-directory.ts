// The directory of an export. Only its owner can read it: an export holds personal data.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readLines, type Line } from "../audit/lines.ts";
import { CliError } from "../cli-error.ts";
import type { Io } from "../io.ts";
import { createDirectory } from "./create-directory.ts";

export interface FileFacts {
  readonly lines: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ExportDirectory {
  /** The name as the user gave it. */
  readonly name: string;
  /** Creates the directory if it does not exist. @returns the names of its files */
  create(): Promise<string[]>;
  /** Reads a whole file, or returns undefined if it does not exist. */
  read(file: string): Promise<string | undefined>;
  /** Yields the lines of a file; none if it does not exist. */
  lines(file: string): AsyncGenerator<Line, undefined>;
  /** Removes an incomplete line at the end of a file. @returns the number of lines, and the last one */
  repair(file: string): Promise<{ lines: number; last: string | undefined }>;
  /** Appends whole lines to a file. */
  append(file: string, text: string): Promise<void>;
  /** Replaces a file as a whole. */
  replace(file: string, text: string): Promise<void>;
  remove(file: string): Promise<void>;
  /** Reads a file to its end. @returns undefined if it does not exist */
  facts(file: string): Promise<FileFacts | undefined>;
}

export function openExportDirectory(io: Io, name: string): ExportDirectory {
  const directory = resolve(io.workingDirectory, name);
  const at = (file: string) => join(directory, file);
  /** Runs work on a file and explains an error of the file system. */
  const on = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explainFile(error, file === "" ? name : join(name, file));
    }
  };
  const unlessMissing = async <T>(file: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw explainFile(error, join(name, file));
    }
  };
  const write = (file: string, flags: string, text: string) =>
    on(file, async () => {
      const opened = await open(at(file), flags, 0o600);
      try {
        await opened.appendFile(text, "utf8");
        await opened.sync();
      } finally {
        await opened.close();
      }
    });
  async function* lines(file: string): AsyncGenerator<Line, undefined> {
    if (!(await unlessMissing(file, () => stat(at(file))))) return;
    const source = readLines(createReadStream(at(file)));
    for (;;) {
      const next = await on(file, () => source.next());
      if (next.done === true) return;
      yield next.value;
    }
  }
  return {
    name,
    create: () =>
      on("", async () => {
        await createDirectory(directory);
        const files = await readdir(directory);
        // An existing empty directory becomes private too.
        if (files.length === 0) await chmod(directory, 0o700);
        return files;
      }),
    read: (file) => unlessMissing(file, () => readFile(at(file), "utf8")),
    lines,
    async repair(file) {
      let [count, bytes, last]: [number, number, string | undefined] = [0, 0, undefined];
      let isWhole = true;
      for await (const line of lines(file)) {
        ({ isWhole } = line);
        if (!isWhole) break;
        count += 1;
        bytes += Buffer.byteLength(line.text) + 1;
        last = line.text;
      }
      if (!isWhole)
        await on(file, async () => {
          const opened = await open(at(file), "r+");
          try {
            await opened.truncate(bytes);
          } finally {
            await opened.close();
          }
        });
      return { lines: count, last };
    },
    append: (file, text) => write(file, "a", text),
    async replace(file, text) {
      const temporary = `${file}.part`;
      await on(file, () => rm(at(temporary), { force: true }));
      await write(temporary, "wx", text);
      await on(file, () => rename(at(temporary), at(file)));
    },
    remove: (file) => on(file, () => rm(at(file), { force: true })),
    facts: (file) =>
      unlessMissing(file, async () => {
        const hash = createHash("sha256");
        let [count, bytes] = [0, 0];
        for await (const chunk of createReadStream(at(file)) as AsyncIterable<Buffer>) {
          hash.update(chunk);
          bytes += chunk.length;
          for (const byte of chunk) if (byte === NEWLINE) count += 1;
        }
        return { lines: count, bytes, sha256: hash.digest("hex") };
      }),
  };
}

const NEWLINE = 0x0a;

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: "The disk is full. Free some space",
  EDQUOT: "Your disk quota is used up. Free some space",
};

const OTHER_DIRECTORY: Readonly<Record<string, string>> = {
  EROFS: "The disk is read-only",
  EACCES: "You have no permission",
  ENOTDIR: "It is not a directory",
  ENOENT: "It does not exist and cannot be created",
  EEXIST: "It is not a directory",
};

/** Returns the error of a file as one line with the next step. Any other error is returned as it is. */
function explainFile(error: unknown, file: string): unknown {
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error) || !("syscall" in error)) return error;
  const problem = OTHER_DIRECTORY[code];
  const remedy =
    problem === undefined
      ? `${REMEDIES[code] ?? "Check the disk"}, then run the same command again: it continues where it stopped.`
      : `${problem}. Choose another directory.`;
  const message = `${file} cannot be read or written (${code}). ${remedy}`;
  return new CliError("cli.file_unusable", message, { cause: error });
}
