import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** The dump cannot be read. The message gives the reason. */
export class DumpUnreadable extends Error {
  override readonly name = "DumpUnreadable";
}

/**
 * Reads a dump of any format of pg_dump as lines of SQL, without a database.
 * @param path a file, or the directory of the directory format
 * @param binaries the directory of pg_restore; without it, the PATH is searched
 * @throws DumpUnreadable
 */
export async function* readDump(path: string, binaries?: string): AsyncGenerator<string> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new DumpUnreadable(`${path} cannot be read (${error.code ?? "error"}).`);
  });
  if (!facts.isDirectory() && !(await isArchive(path))) yield* linesOf(createReadStream(path));
  else yield* restoredLines(path, binaries === undefined ? "pg_restore" : join(binaries, "pg_restore"));
}

/** The custom format and the tar format are archives of pg_restore; the rest is SQL. */
async function isArchive(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(262), 0, 262, 0);
    return buffer.toString("latin1", 0, 5) === "PGDMP" || buffer.toString("latin1", 257, 262) === "ustar";
  } finally {
    await file.close();
  }
}

async function* restoredLines(path: string, program: string): AsyncGenerator<string> {
  const child = spawn(program, ["--file=-", path], { stdio: ["ignore", "pipe", "pipe"] });
  let messages = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (messages += text));
  const ended: Promise<unknown[]> = once(child, "close").catch((error: NodeJS.ErrnoException) => {
    throw new DumpUnreadable(
      `${program} cannot be started (${error.code ?? "error"}). Install PostgreSQL's client programs.`,
    );
  });
  try {
    yield* linesOf(child.stdout);
    const [code] = await ended;
    if (code !== 0) throw new DumpUnreadable(`pg_restore cannot read ${path}: ${messages.trim()}`);
  } finally {
    child.kill();
    await ended.catch(() => {});
  }
}

const linesOf = (input: Readable): AsyncIterable<string> => createInterface({ input, crlfDelay: Infinity });
