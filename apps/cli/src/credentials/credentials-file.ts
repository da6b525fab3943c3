// The one file that projo keeps: which servers it is signed in to, and the workspace chosen on each. It holds bearer
// tokens, so nobody but its owner may read it, and a crash may never leave half of it. Several projos may run at once:
// whoever writes reads it first, and does both inside the lock, so that none puts back tokens that another replaced.
import { randomUUID } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";
import type { Io } from "../io.ts";
import { configDirectory } from "./config-directory.ts";
import { type Credentials, noCredentials, parseCredentials } from "./credentials.ts";
import { fileLock, type FileLock, LockHeldError } from "./file-lock.ts";

export interface CredentialsFile {
  readonly path: string;
  read: () => Promise<Credentials>;
  /** Inside the lock only. */
  write: (credentials: Credentials) => Promise<void>;
  /** Runs the work while no other projo runs any. */
  lock: FileLock;
}

export function credentialsFile(io: Io, warn: (words: string) => void): CredentialsFile {
  const directory = configDirectory(io);
  const path = join(directory, "credentials.json");
  const lockPath = join(directory, "credentials.lock");
  const lock = fileLock(lockPath, io.self);
  return {
    path,
    async read() {
      const text = await readIfThere(path);
      if (text === undefined) return noCredentials;
      if (io.platform !== "win32") await tighten(path, warn);
      const credentials = parseCredentials(text);
      if (credentials) return credentials;
      throw new CliError(
        "cli.credentials_unreadable",
        `${path} is not as projo wrote it. Delete it and run: projo login`,
      );
    },
    async write(credentials) {
      await replaceFile(path, `${JSON.stringify(credentials, undefined, 2)}\n`);
    },
    async lock(work) {
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        return await lock(work);
      } catch (error) {
        if (error instanceof LockHeldError) throw heldTooLong(lockPath);
        if (isSystemError(error)) throw unwritable(path, error);
        throw error;
      }
    },
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new CliError("cli.credentials_unreadable", `${path} cannot be read. Make it yours to read.`, {
      cause: error,
    });
  }
}

/** Takes the file away from everyone but its owner. */
async function tighten(path: string, warn: (words: string) => void): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  await chmod(path, 0o600);
  warn(`${path} could be read by others; now only you can. If they may have seen it, run: projo logout`);
}

/** Writes beside, then renames: a reader sees the old file or the new one, never a part, and never with a wider mode. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw unwritable(path, error);
  }
}

const unwritable = (path: string, cause: unknown): CliError =>
  new CliError("cli.credentials_unwritable", `${path} cannot be written. Make its directory yours.`, {
    cause,
  });

const heldTooLong = (lockPath: string): CliError =>
  new CliError(
    "cli.credentials_locked",
    `Another projo has kept ${lockPath} for a minute. Try again; if no other runs, delete it.`,
  );

const isSystemError = (error: unknown): boolean =>
  error instanceof Error && "syscall" in error && typeof error.syscall === "string";
