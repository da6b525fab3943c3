// The directory of an export. Only its owner can read it: an export holds personal data.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileProblem, sharedFile, SharedFileError } from "@projostack/sdk/node";
import { readLines, type Line } from "../audit/lines.ts";
import { CliError } from "../cli-error.ts";
import type { Io } from "../io.ts";
import { createDirectory, removeEmpty } from "./create-directory.ts";
import { isLeftFile, LOCK, STATE } from "./files.ts";

export interface FileFacts {
  readonly lines: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ExportDirectory {
  /** The name as the user gave it. */
  readonly name: string;
  /** Returns the names of its files; none if it does not exist. */
  list(): Promise<string[]>;
  /**
   * Runs the work while no other process exports into the directory. Creates the directory if it does not exist, and removes it
   * again if the work fails and leaves it empty. @throws CliError when another process exports into it
   */
  lock<T>(work: () => Promise<T>): Promise<T>;
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
  /** Removes files that a killed process left. Call it inside the lock. */
  removeLeftFiles(): Promise<void>;
  /** Reads a file to its end. @returns undefined if it does not exist */
  facts(file: string): Promise<FileFacts | undefined>;
}

export function openExportDirectory(io: Io, name: string): ExportDirectory {
  const directory = resolve(io.workingDirectory, name);
  const at = (file: string) => join(directory, file);
  const explained = (error: unknown, action: Action, file: string): unknown =>
    explainFile(error, { action, path: at(file), name: file === "" ? name : join(name, file) });
  /** Runs work that reads or writes a file, and explains an error of the file system. */
  const on = async <T>(action: Action, file: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explained(error, action, file);
    }
  };
  const unlessMissing = async <T>(file: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw explained(error, "read", file);
    }
  };
  const list = async () => (await unlessMissing("", () => readdir(directory))) ?? [];
  const remove = (file: string) => on("written", file, () => rm(at(file), { force: true }));
  const write = (file: string, flags: string, text: string) =>
    on("written", file, async () => {
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
      const next = await on("read", file, () => source.next());
      if (next.done === true) return;
      yield next.value;
    }
  }
  return {
    name,
    list,
    async lock(work) {
      const created = await on("written", "", () => createDirectory(directory));
      try {
        // An existing empty directory becomes private too.
        if ((await list()).length === 0) await on("written", "", () => chmod(directory, 0o700));
        const lockPath = at(LOCK);
        const options = { lockPath, maxWaitMs: MAX_WAIT_MS, alternative: ALTERNATIVE };
        return await sharedFile(at(STATE), options).lock(work);
      } catch (error) {
        await removeEmpty(created);
        if (!(error instanceof SharedFileError)) throw error;
        throw error.problem === "locked" ? locked(name) : explained(error.cause, "written", STATE);
      }
    },
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
        await on("written", file, async () => {
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
      await remove(temporary);
      await write(temporary, "wx", text);
      await on("written", file, () => rename(at(temporary), at(file)));
    },
    remove,
    async removeLeftFiles() {
      for (const file of await list()) if (file !== LOCK && isLeftFile(file)) await remove(file);
    },
    facts: (file) =>
      unlessMissing(file, async () => {
        const hash = createHash("sha256");
        let [count, bytes, last] = [0, 0, NEWLINE];
        for await (const chunk of createReadStream(at(file)) as AsyncIterable<Buffer>) {
          hash.update(chunk);
          bytes += chunk.length;
          for (const byte of chunk) if (byte === NEWLINE) count += 1;
          last = chunk.at(-1) ?? last;
        }
        if (last !== NEWLINE) count += 1;
        return { lines: count, bytes, sha256: hash.digest("hex") };
      }),
  };
}

const NEWLINE = 0x0a;

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

/** A process that has just ended may still be listed as the holder of the lock. */
const MAX_WAIT_MS = 1_000;

const locked = (name: string): CliError =>
  new CliError(
    "cli.export_running",
    `Another projo process exports into ${name}. Wait until it has ended, or choose another directory.`,
  );

type Action = "read" | "written";

const ALTERNATIVE = "choose another directory";

/** After these errors, the export can continue in the same directory. */
const TEMPORARY: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EMFILE", "ENFILE"]);

/** Returns the error of a file as one line with the next step. Any other error is returned as it is. */
function explainFile(
  error: unknown,
  { action, path, name }: { action: Action; path: string; name: string },
): unknown {
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error) || !("syscall" in error)) return error;
  const { cause, nextStep } = fileProblem(error, { path, action, alternative: ALTERNATIVE });
  const more =
    action === "written" && TEMPORARY.has(code) ? " The same command continues where it stopped." : "";
  const message = `${name} cannot be ${action}: ${cause}. ${nextStep}${more}`;
  return new CliError("cli.file_unusable", message, { cause: error });
}
