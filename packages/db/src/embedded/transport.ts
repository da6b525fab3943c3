import { randomBytes } from "node:crypto";
import { chmod, chown, mkdtemp, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

import type { Place } from "./place.ts";
import { runProgram } from "./system/run-program.ts";

/** How the server reaches its PostgreSQL. */
export type Transport = { kind: "socket"; directory: string } | { kind: "tcp" };

/** The number in the socket's file name; the directory is private, so it collides with nobody. */
export const socketPort = 5432;

const socketDirectoryPrefix = "projo-pg-";

/**
 * A socket in a fresh private directory: nobody else gets in, so it needs no password, and its path is short
 * wherever the data lies. TCP on Windows, on request, and where the system's temporary directory cannot serve.
 */
export async function openTransport(wanted: Transport["kind"] | undefined, place: Place): Promise<Transport> {
  if (wanted === "tcp" || process.platform === "win32") return { kind: "tcp" };
  const directory = await mkdtemp(join(tmpdir(), socketDirectoryPrefix)).catch(() => undefined);
  if (directory === undefined) return { kind: "tcp" };
  if (await serves(directory, place)) return { kind: "socket", directory };
  await rm(directory, { recursive: true, force: true });
  return { kind: "tcp" };
}

/** Removes what PostgreSQL leaves in a socket directory and nothing else, as the name may come from a file. */
export async function removeSocketDirectory(directory: string): Promise<void> {
  if (!basename(directory).startsWith(socketDirectoryPrefix) || dirname(directory) !== resolve(tmpdir()))
    return;
  for (const name of [`.s.PGSQL.${socketPort}`, `.s.PGSQL.${socketPort}.lock`]) {
    await rm(join(directory, name), { force: true });
  }
  await rmdir(directory).catch(() => {
    // It is gone already, or holds something that is not ours.
  });
}

/** A port that is free now. Another program may take it before PostgreSQL does, so the caller tries again. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", listening);
  });
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (typeof address !== "object" || address === null) throw new Error("a TCP server has no port");
  return address.port;
}

/**
 * Writes who may log in for this start, so that one cluster serves both ways. It lies beside the cluster, where
 * PostgreSQL's user may read and not change it.
 */
export async function writeAccessRules({ home }: Place, kind: Transport["kind"]): Promise<string> {
  const file = join(home, "pg_hba.conf");
  const rule =
    kind === "socket"
      ? "# Only the server's user gets to the socket.\nlocal all all trust\n"
      : "# Every user of this machine gets to the port.\nhost all all 127.0.0.1/32 scram-sha-256\n";
  const draft = `${file}.${randomBytes(6).toString("hex")}.new`;
  await writeFile(draft, `# Written at each start; changes are lost.\n${rule}`);
  // Whatever the umask: PostgreSQL's user reads it.
  await chmod(draft, 0o644);
  await rename(draft, file);
  return file;
}

/** Tries it: the length of the path, the file system and, for root, the way of the other user decide. */
async function serves(directory: string, { user }: Place): Promise<boolean> {
  const path = join(directory, `.s.PGSQL.${socketPort}`);
  // sun_path holds 108 bytes on Linux and 104 elsewhere, the last one zero. Longer ones were cut in silence once.
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
