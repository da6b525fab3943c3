import { constants } from "node:fs";
import { lstat, open, readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Binaries } from "./binaries.ts";
import type { Place } from "./place.ts";
import { EmbeddedPostgresError } from "./system/embedded-postgres-error.ts";
import { quoted } from "./system/file-problem.ts";

/**
 * Checks the version and the owner of an existing cluster. PostgreSQL refuses the same ones, but its messages do not say what
 * to do.
 *
 * @throws EmbeddedPostgresError start_failed
 */
export async function checkCluster(place: Place, { version }: Binaries): Promise<void> {
  const text = await readVersion(place.cluster);
  // Without a version the directory is no cluster, or not yet one.
  if (text === "") return;
  const found = await lstat(place.cluster);
  const own = place.user?.uid ?? process.getuid?.();
  // A link is PostgreSQL's to follow.
  if (own !== undefined && found.isDirectory() && found.uid !== own) throw wrongOwner(place, found.uid, own);
  if (text === undefined) return;
  const [foundMajor] = text.split(".");
  const [major] = version.split(".");
  if (foundMajor !== major) throw wrongVersion(place, text, version);
}

/** The first line of PG_VERSION; empty if there is no such file, undefined if it cannot be read. */
async function readVersion(cluster: string): Promise<string | undefined> {
  try {
    return (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT" ? "" : undefined;
  }
}

/**
 * Removes the access of other users to a complete cluster. Kubernetes gives the group write access to every file of a volume
 * (fsGroup), and PostgreSQL refuses to start then. @param warn is called when the mode was corrected
 */
export async function restrictCluster({ cluster }: Place, warn: (message: string) => void): Promise<void> {
  if (process.platform === "win32") return;
  const found = await lstat(cluster);
  if (!found.isDirectory() || !isOpen(found.mode)) return;
  // The mode of no other directory is changed: the server may be root, and another user can replace the directory by a link.
  const directory = await open(cluster, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await directory.chmod(0o700);
  } finally {
    await directory.close();
  }
  const mode = (found.mode & 0o777).toString(8);
  warn(
    `Other users could read or change ${cluster} (mode ${mode}). Now only PostgreSQL's user can (mode 700), as PostgreSQL requires.`,
  );
}

/** PostgreSQL permits at most reading by the group. */
const isOpen = (mode: number): boolean => (mode & 0o027) !== 0;

function wrongVersion({ cluster }: Place, found: string, version: string): EmbeddedPostgresError {
  const step =
    Number.parseInt(found, 10) > Number.parseInt(version, 10)
      ? "start it with the newer build of the server that created it"
      : `dump it with PostgreSQL ${found} (pg_dump), start with an empty directory, and restore the dump`;
  return new EmbeddedPostgresError(
    "start_failed",
    `The database in ${cluster} belongs to PostgreSQL ${found}, and this server has PostgreSQL ${version}: ${step}, or set PROJO_DATA_DIR to another directory.`,
  );
}

function wrongOwner({ home, cluster }: Place, owner: number, own: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "start_failed",
    `The database in ${cluster} belongs to uid ${owner}, and the server runs as uid ${own}: start the server as uid ${owner}, or run as root: chown -R ${own} ${quoted(home)}`,
  );
}
