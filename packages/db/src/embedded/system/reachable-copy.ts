import { createHash, randomBytes } from "node:crypto";
import { chmod, cp, lstat, mkdir, readFile, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";

interface Paths {
  postgres: string;
  initdb: string;
  pgCtl: string;
}

/**
 * Copies PostgreSQL's programs once to where every user can run and only root can change them. For root whose
 * checkout lies in a closed directory, such as /root. The name holds a hash of the content, so that an upgrade
 * gets its own copy and a copy that is there is complete.
 */
export async function reachableCopy(
  paths: Paths,
  { version, systemDir }: { version: string; systemDir: string },
): Promise<Paths> {
  const source = dirname(dirname(paths.postgres));
  await ownDirectory(systemDir);
  const target = join(systemDir, `postgresql-${version}-${await contentHash(source, paths.postgres)}`);
  if (!(await exists(target))) await copyTree(source, target);
  const bin = join(target, "bin");
  return { postgres: join(bin, "postgres"), initdb: join(bin, "initdb"), pgCtl: join(bin, "pg_ctl") };
}

/** Makes root's directory for what an unprivileged user must reach, and refuses one that others can change. */
export async function ownDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  const found = await lstat(path);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `${path} must be a directory that belongs to root: remove it or run chown root ${path}, then start again.`,
    );
  }
  await chmod(path, 0o755);
}

/** The names in lib count as well: before the package's install script ran, its links are missing. */
async function contentHash(source: string, postgres: string): Promise<string> {
  const names = (await readdir(join(source, "lib"))).toSorted().join("\n");
  return createHash("sha256")
    .update(await readFile(postgres))
    .update(names)
    .digest("hex")
    .slice(0, 12);
}

async function copyTree(source: string, target: string): Promise<void> {
  const draft = `${target}.new-${randomBytes(6).toString("hex")}`;
  try {
    await cp(source, draft, { recursive: true, verbatimSymlinks: true });
    await openToAll(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another start was faster: its copy has the same content.
    if (!(await exists(target))) throw error;
  }
}

/** A strict umask at install time would leave files that only root reads. */
async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  const entries = await readdir(directory, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return openToAll(path);
      if (!entry.isFile()) return;
      const isProgram = ((await lstat(path)).mode & 0o100) !== 0;
      await chmod(path, isProgram ? 0o755 : 0o644);
    }),
  );
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
