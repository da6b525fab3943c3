// The only file that projo stores: the servers with a sign-in, and the workspace selected on each. It holds bearer
// tokens, so only its owner may read it, and a crash must not leave a partial file. Several projo processes may run at
// once: each reads and writes the file inside the lock, so that no process writes back tokens that another replaced.
import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";
import { createDirectory } from "../files/create-directory.ts";
import { fileProblem, systemErrorCode } from "../files/file-error.ts";
import { prepareReplacement, removeAbandoned, type Replacement } from "../files/replacement.ts";
import type { Io } from "../io.ts";
import { configDirectory } from "./config-directory.ts";
import { type Credentials, noCredentials, parseCredentials } from "./credentials.ts";
import { fileLock, type FileLock, LockHeldError } from "./file-lock.ts";

export interface CredentialsFile {
  read: () => Promise<Credentials>;
  /** Call it inside the lock only. */
  write: (credentials: Credentials) => Promise<void>;
  /**
   * Runs the work while no other projo process runs its own. It also reserves the space of one more session, so that a write
   * inside the lock does not fail on a full disk.
   */
  lock: FileLock;
}

export function credentialsFile(io: Io, warn: (message: string) => void): CredentialsFile {
  const directory = configDirectory(io);
  return directory === undefined ? withoutDirectory : inDirectory(directory, { io, warn });
}

/** Without a home directory a command works with PROJO_TOKEN, or without a sign-in. */
const withoutDirectory: CredentialsFile = {
  read: async () => noCredentials,
  write: () => Promise.reject(noDirectory()),
  lock: () => Promise.reject(noDirectory()),
};

const noDirectory = (): CliError =>
  new CliError(
    "cli.credentials_unwritable",
    "Your user has no home directory, so the sign-in cannot be stored. Set HOME or PROJO_CONFIG_DIR to a directory of yours.",
  );

/** Enough for the tokens of one more server. */
const RESERVED_BYTES = 4_096;

interface FileDeps {
  io: Io;
  warn: (message: string) => void;
}

function inDirectory(directory: string, { io, warn: warnAgain }: FileDeps): CredentialsFile {
  const warn = once(warnAgain);
  const path = join(directory, "credentials.json");
  const lockPath = join(directory, "credentials.lock");
  const lock = fileLock(lockPath, io.self);
  let isLocked = false;
  let reserved: Replacement | undefined;
  return {
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
      if (!isLocked) throw new Error("The credentials were written outside the lock.");
      try {
        const replacement = reserved ?? (await prepareReplacement(path, RESERVED_BYTES));
        reserved = undefined;
        await replacement.commit(`${JSON.stringify(credentials, undefined, 2)}\n`);
      } catch (error) {
        throw unwritable(path, error);
      }
    },
    async lock(work) {
      try {
        await createDirectory(directory);
        return await lock(async () => {
          await removeAbandoned(path);
          reserved = await prepareReplacement(path, RESERVED_BYTES);
          isLocked = true;
          try {
            return await work();
          } finally {
            isLocked = false;
            await reserved?.discard();
            reserved = undefined;
          }
        });
      } catch (error) {
        if (error instanceof LockHeldError) throw lockTimeout(lockPath);
        if (systemErrorCode(error) !== undefined)
          throw unwritable(isAbout(lockPath, error) ? lockPath : path, error);
        throw error;
      }
    },
  };
}

/** A command reads the file several times. */
function once(warn: (message: string) => void): (message: string) => void {
  let isDone = false;
  return (message) => {
    if (!isDone) warn(message);
    isDone = true;
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    const { cause, nextStep } = fileProblem(error, {
      path,
      action: "read",
      alternative: OTHER_DIRECTORY,
    });
    throw new CliError("cli.credentials_unreadable", `${path} cannot be read: ${cause}. ${nextStep}`, {
      cause: error,
    });
  }
}

const OTHER_DIRECTORY = "set PROJO_CONFIG_DIR to another directory";

/** Removes the permissions of the group and of others. */
async function restrictMode(path: string, warn: (message: string) => void): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  try {
    await chmod(path, 0o600);
  } catch {
    warn(
      `Other users can read ${path}, and only its owner can change that. Set PROJO_CONFIG_DIR to a directory of yours.`,
    );
    return;
  }
  warn(`Other users could read ${path}. Now only you can. If somebody may have copied it, run: projo logout`);
}

function unwritable(path: string, error: unknown): CliError {
  const { cause, nextStep } = fileProblem(error, { path, action: "written", alternative: OTHER_DIRECTORY });
  return new CliError("cli.credentials_unwritable", `${path} cannot be written: ${cause}. ${nextStep}`, {
    cause: error,
  });
}

const isAbout = (path: string, error: unknown): boolean =>
  error instanceof Error && "path" in error && error.path === path;

const lockTimeout = (lockPath: string): CliError =>
  new CliError(
    "cli.credentials_locked",
    `Another projo process has held ${lockPath} for a minute. Try again. If no other projo runs, delete the file.`,
  );
