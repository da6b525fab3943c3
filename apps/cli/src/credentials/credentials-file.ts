// The only file that projo stores: the servers with a sign-in, and the workspace selected on each. It holds bearer
// tokens, so only its owner may read it, and a crash must not leave a partial file. Several projo processes may run at
// once: each reads and writes the file inside the lock, so that no process writes back tokens that another replaced.
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
  /** Call it inside the lock only. */
  write: (credentials: Credentials) => Promise<void>;
  /** Runs the work while no other projo process runs its own. */
  lock: FileLock;
}

export function credentialsFile(io: Io, warn: (message: string) => void): CredentialsFile {
  const directory = configDirectory(io);
  const path = join(directory, "credentials.json");
  const lockPath = join(directory, "credentials.lock");
  const lock = fileLock(lockPath, io.self);
  return {
    path,
    async read() {
      const text = await readIfThere(path);
      if (text === undefined) return noCredentials;
      if (io.platform !== "win32") await restrictMode(path, warn);
      const credentials = parseCredentials(text);
      if (credentials) return credentials;
      throw new CliError(
        "cli.credentials_unreadable",
        `${path} has an invalid format. Delete the file, then run: projo login`,
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
        if (error instanceof LockHeldError) throw lockTimeout(lockPath);
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
    throw new CliError(
      "cli.credentials_unreadable",
      `${path} cannot be read. Give your user permission to read it.`,
      {
        cause: error,
      },
    );
  }
}

/** Removes the permissions of the group and of others. */
async function restrictMode(path: string, warn: (message: string) => void): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  await chmod(path, 0o600);
  warn(`Other users could read ${path}. Now only you can. If somebody may have copied it, run: projo logout`);
}

/** Writes a temporary file, then renames it: a reader sees the old file or the new one, and never a wider mode. */
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
  new CliError(
    "cli.credentials_unwritable",
    `${path} cannot be written. Give your user permission to write to its directory.`,
    {
      cause,
    },
  );

const lockTimeout = (lockPath: string): CliError =>
  new CliError(
    "cli.credentials_locked",
    `Another projo process has held ${lockPath} for a minute. Try again. If no other projo runs, delete the file.`,
  );

const isSystemError = (error: unknown): boolean =>
  error instanceof Error && "syscall" in error && typeof error.syscall === "string";
