import { randomBytes } from "node:crypto";
import { chmod, chown, mkdtemp, rename, rm, rmdir } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

import type { Place } from "./place.ts";
import { runProgram } from "./system/run-program.ts";
import { writeDraft } from "./system/write-draft.ts";

/** How the server connects to its PostgreSQL. */
export type Transport = { kind: "socket"; directory: string } | { kind: "tcp" };

/** The port number in the socket's file name. The directory is private, so the number needs not be unique. */
export const socketPort = 5432;

const socketDirectoryPrefix = "projo-pg-";

/**
 * Prepares a socket in a new private directory. No other user can reach it, so it needs no password, and its path is short
 * wherever the data directory is. It uses TCP on Windows, on request, and if the system's temporary directory is unsuitable.
 */
export async function openTransport(wanted: Transport["kind"] | undefined, place: Place): Promise<Transport> {
  if (wanted === "tcp" || process.platform === "win32") return { kind: "tcp" };
  const directory = await mkdtemp(join(tmpdir(), socketDirectoryPrefix)).catch(() => undefined);
  if (directory === undefined) return { kind: "tcp" };
  if (await isUsable(directory, place)) return { kind: "socket", directory };
  await rm(directory, { recursive: true, force: true });
  return { kind: "tcp" };
}

/** Removes PostgreSQL's files and their socket directory. It removes nothing else, because the path may come from a file. */
export async function removeSocketDirectory(directory: string): Promise<void> {
  if (!basename(directory).startsWith(socketDirectoryPrefix) || dirname(directory) !== resolve(tmpdir()))
    return;
  for (const name of [`.s.PGSQL.${socketPort}`, `.s.PGSQL.${socketPort}.lock`]) {
    await rm(join(directory, name), { force: true });
  }
  await rmdir(directory).catch(() => {
    // The directory no longer exists, or contains other files.
  });
}

/** Finds a port that is free now. Another program may take it before PostgreSQL does, so the caller must retry. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", listening);
  });
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (typeof address !== "object" || address === null) throw new Error("The TCP server has no port.");
  return address.port;
}

/**
 * Writes the access rules (pg_hba.conf) for this start, so that a cluster can be used with both transports. The file is beside
 * the cluster, where PostgreSQL's user can read it but not change it.
 */
export async function writeAccessRules({ home }: Place, kind: Transport["kind"]): Promise<string> {
  const file = join(home, "pg_hba.conf");
  const rule =
    kind === "socket"
      ? "# Only the server's user can reach the socket.\nlocal all all trust\n"
      : "# Every user of this machine can reach the port.\nhost all all 127.0.0.1/32 scram-sha-256\n";
  const draft = `${file}.${randomBytes(6).toString("hex")}.new`;
  await writeDraft(draft, `# This file is overwritten at each start.\n${rule}`, 0o644);
  // PostgreSQL's user must be able to read the file, whatever the umask is.
  await chmod(draft, 0o644);
  await rename(draft, file);
  return file;
}

/**
 * Checks by listening on a socket whether the directory can be used. The length of the path and the file system matter, and
 * for root whether PostgreSQL's user can reach the directory.
 */
async function isUsable(directory: string, { user }: Place): Promise<boolean> {
  const path = join(directory, `.s.PGSQL.${socketPort}`);
  // sun_path has 108 bytes on Linux and 104 elsewhere, including the final zero byte. Some systems cut longer paths silently.
  if (Buffer.byteLength(path) > (process.platform === "linux" ? 107 : 103)) return false;
  const server = createServer();
  const listens = await new Promise<boolean>((answer) => {
    server.once("error", () => answer(false));
    server.listen(path, () => answer(true));
  });
  if (!listens) return false;
  await new Promise((closed) => server.close(closed));
  if (!user) return true;
  await chown(directory, user.uid, user.gid);
  return (await runProgram({ file: "/bin/sh", args: ["-c", 'test -w "$1"', "sh", directory], user })).ok;
}
