import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Binaries } from "./binaries.ts";
import type { Place } from "./place.ts";
import { EmbeddedPostgresError } from "./system/embedded-postgres-error.ts";
import { quoted } from "./system/file-problem.ts";

/**
 * Checks an existing cluster before PostgreSQL starts: its version, its owner and its mode. PostgreSQL refuses the same ones,
 * but its messages do not say what to do.
 *
 * @param warn is called when the mode was corrected
 * @throws EmbeddedPostgresError start_failed
 */
export async function checkCluster(
  place: Place,
  { version }: Binaries,
  warn: (message: string) => void,
): Promise<void> {
  await checkVersion(place, version);
  if (process.platform === "win32") return;
  // The directory is opened once and a link is refused, because the server may be root and another user owns the data.
  const directory = await open(
    place.cluster,
    constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
  ).catch((error: NodeJS.ErrnoException) => {
    // Without read permission PostgreSQL does not start either, and the checks below need it. A link is PostgreSQL's to follow.
    if (error.code === "ELOOP" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (!directory) return;
  try {
    const { uid, mode } = await directory.stat();
    const own = place.user?.uid ?? process.getuid?.();
    if (uid !== own) throw wrongOwner(place, uid, own);
    if ((mode & 0o027) === 0) return;
    await directory.chmod(0o700);
    warn(
      `Other users could change or read ${place.cluster} (mode ${(mode & 0o777).toString(8)}). Now only PostgreSQL's user can (mode 700), as PostgreSQL requires.`,
    );
  } finally {
    await directory.close();
  }
}

async function checkVersion({ cluster }: Place, version: string): Promise<void> {
  const text = await readFile(join(cluster, "PG_VERSION"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const [found] = text.trim().split(".");
  const [own] = version.split(".");
  if (!found || found === own) return;
  const step =
    Number(found) > Number(own)
      ? "start it with the newer build of the server that created it"
      : `dump it with PostgreSQL ${found} (pg_dump), start with an empty directory, and restore the dump`;
  throw new EmbeddedPostgresError(
    "start_failed",
    `The database in ${cluster} belongs to PostgreSQL ${found}, and this server has PostgreSQL ${version}: ${step}, or set PROJO_DATA_DIR to another directory.`,
  );
}

function wrongOwner({ home, cluster }: Place, owner: number, own: number | undefined): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "start_failed",
    `The database in ${cluster} belongs to uid ${owner}, and the server runs as uid ${own}: start the server as uid ${owner}, or run as root: chown -R ${own} ${quoted(home)}`,
  );
}
