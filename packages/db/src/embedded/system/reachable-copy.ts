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
 * Copies PostgreSQL's programs to a directory where every user can run them and only root can change them. The server needs
 * it when root's checkout is in a private directory, such as /root. The name of the copy contains a hash of the content, so
 * each version has its own copy, and an existing copy is complete.
 */
export async function reachableCopy(
  paths: Paths,
  { version, systemDir }: { version: string; systemDir: string },
): Promise<Paths> {
  const source = dirname(dirname(paths.postgres));
  await createRootDirectory(systemDir);
  const target = join(systemDir, `postgresql-${version}-${await contentHash(source, paths.postgres)}`);
  if (!(await exists(target))) await copyTree(source, target);
  const bin = join(target, "bin");
  return { postgres: join(bin, "postgres"), initdb: join(bin, "initdb"), pgCtl: join(bin, "pg_ctl") };
}

/** Creates a directory that belongs to root and that every user can read. @throws EmbeddedPostgresError if it is not root's */
export async function createRootDirectory(path: string): Promise<void> {
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

/** The hash includes the names in lib, because the package's links are missing until its install script has run. */
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
    await makeReadable(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // A concurrent start may have created the copy, with the same content.
    if (!(await exists(target))) throw error;
  }
}

/** Lets every user read the files. After an installation with a strict umask, only root could read them. */
async function makeReadable(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  const entries = await readdir(directory, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return makeReadable(path);
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
