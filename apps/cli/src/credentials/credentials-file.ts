// The only file that projo stores: the servers with a sign-in, and the workspace selected on each. It holds bearer
// tokens, so only its owner may read it, and a crash must not leave a partial file. Several projo processes may run at
// once: each reads and writes the file inside the lock, so that no process writes back tokens that another replaced.
import { chmodSync, statSync } from "node:fs";
import { join } from "node:path";
import { sharedFile, SharedFileError, type SharedFile } from "@projostack/sdk/node";
import { CliError } from "../cli-error.ts";
import type { Io } from "../io.ts";
import { configDirectory } from "./config-directory.ts";
import { type Credentials, noCredentials, parseCredentials } from "./credentials.ts";

export interface CredentialsFile {
  read: () => Promise<Credentials>;
  /** Call it inside the lock only. */
  write: (credentials: Credentials) => Promise<void>;
  /**
   * Runs the work while no other projo process runs its own. It also reserves the space of one more session, so that a write
   * inside the lock does not fail on a full disk.
   */
  lock: SharedFile["lock"];
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

interface FileDeps {
  io: Io;
  warn: (message: string) => void;
}

function inDirectory(directory: string, { io, warn: warnAgain }: FileDeps): CredentialsFile {
  const warn = once(warnAgain);
  const path = join(directory, "credentials.json");
  const lockPath = join(directory, "credentials.lock");
  const alternative = "set PROJO_CONFIG_DIR to another directory";
  const file = sharedFile(path, { lockPath, alternative, blocking: true });
  return {
    async read() {
      const isNamed = Boolean(io.env["PROJO_CONFIG_DIR"]);
      const text = await (isNamed ? file.read() : file.read().catch(noFile)).catch(rethrow);
      if (text === undefined) return noCredentials;
      if (io.platform !== "win32") restrictMode(path, warn);
      const credentials = parseCredentials(text);
      if (credentials) return credentials;
      throw new CliError(
        "cli.credentials_unreadable",
        `${path} has an invalid format. Delete the file, then run: projo login`,
      );
    },
    write: (credentials) => file.write(`${JSON.stringify(credentials, undefined, 2)}\n`).catch(rethrow),
    lock: (work) =>
      file.lock(work).catch((error: unknown) => {
        if (error instanceof SharedFileError && error.problem === "locked") throw lockTimeout(lockPath);
        return rethrow(error);
      }),
  };
}

/** Below a file, as with HOME=/dev/null, there are no credentials, unless PROJO_CONFIG_DIR names the place. A sign-in says that it cannot write there. */
function noFile(error: unknown): undefined {
  const cause = error instanceof SharedFileError ? error.cause : undefined;
  if (!(cause instanceof Error && "code" in cause && cause.code === "ENOTDIR")) throw error;
}

function rethrow(error: unknown): never {
  if (!(error instanceof SharedFileError)) throw error;
  const code = error.problem === "unreadable" ? "cli.credentials_unreadable" : "cli.credentials_unwritable";
  throw new CliError(code, error.message, { cause: error.cause });
}

/** A command reads the file several times. */
function once(warn: (message: string) => void): (message: string) => void {
  let isDone = false;
  return (message) => {
    if (!isDone) warn(message);
    isDone = true;
  };
}

/** Removes the permissions of the group and of others. */
function restrictMode(path: string, warn: (message: string) => void): void {
  const { mode } = statSync(path);
  if ((mode & 0o077) === 0) return;
  try {
    chmodSync(path, 0o600);
  } catch {
    warn(
      `Other users can read ${path}, and only its owner can change that. Set PROJO_CONFIG_DIR to a directory of yours.`,
    );
    return;
  }
  warn(`Other users could read ${path}. Now only you can. If somebody may have copied it, run: projo logout`);
}

const lockTimeout = (lockPath: string): CliError =>
  new CliError(
    "cli.credentials_locked",
    `Another projo process has held ${lockPath} for a minute. Try again. If no other projo runs, delete the file.`,
  );
