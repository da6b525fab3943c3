import { createHash, randomBytes } from "node:crypto";
import { chmod, chown, link, lstat, mkdir, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { createDirectory } from "./system/create-directory.ts";
import { EmbeddedPostgresError } from "./system/embedded-postgres-error.ts";
import { createRootDirectory } from "./system/reachable-copy.ts";
import { runProgram, type UnprivilegedUser } from "./system/run-program.ts";
import { unprivilegedUser } from "./system/unprivileged-user.ts";
import { writeDraft } from "./system/write-draft.ts";

/** The directories of an embedded database and the user who runs it. */
export interface Place {
  /** The directory of the lock, the password and the cluster. It is the data directory, unless PostgreSQL cannot reach that. */
  home: string;
  cluster: string;
  /** Undefined when PostgreSQL runs as the server's user. */
  user: UnprivilegedUser | undefined;
}

interface Location {
  /** The home outside the data directory. */
  home: string;
  /** The data directory when the file was written. It distinguishes a moved checkout from a copied one. */
  dataDir: string;
}

/**
 * Finds and prepares the place of a data directory. For an ordinary user it is the directory itself, with mode 0700. A
 * directory of root's stays root's, and the group of PostgreSQL's user may traverse it. If that user cannot reach it, as in a
 * checkout in /root, the home is a directory below `systemDir`, and location.json in the data directory records it.
 */
export async function findPlace(givenDataDir: string, systemDir: string): Promise<Place> {
  const path = resolve(givenDataDir);
  createDirectory(path, 0o700);
  const dataDir = await realpath(path);
  await refuseUnsuitable(dataDir);

  const recorded = await recordedHome(dataDir, systemDir);
  const home = recorded ?? dataDir;
  const user = await unprivilegedUser([join(home, "cluster"), home]);
  if (!user || recorded) return { home, cluster: join(home, "cluster"), user };

  await allowTraversal(dataDir, user);
  if (await canEnter(dataDir, user)) return { home, cluster: join(home, "cluster"), user };
  if (await exists(join(dataDir, "cluster"))) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `The database in ${dataDir} belongs to the user with uid ${user.uid}, who cannot enter that directory: allow traversal of its parents (chmod o+x), or move it.`,
    );
  }
  const elsewhere = await homeElsewhere(dataDir, { user, systemDir });
  return { home: elsewhere, cluster: join(elsewhere, "cluster"), user };
}

/** @throws EmbeddedPostgresError start_failed */
async function refuseUnsuitable(dataDir: string): Promise<void> {
  // PostgreSQL has 1024 bytes for a path, and the names of its own files are up to 100 bytes long.
  const length = Buffer.byteLength(dataDir);
  if (length > longestPath) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `The path of the database has ${length} bytes, and PostgreSQL supports at most ${longestPath}: set PROJO_DATA_DIR to a directory with a shorter path.`,
    );
  }
  if (await exists(join(dataDir, "PG_VERSION"))) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `${dataDir} contains the files of another PostgreSQL database: set PROJO_DATA_DIR to another directory, or DATABASE_URL to the server of that database.`,
    );
  }
}

const longestPath = 880;

/** Lets PostgreSQL's user reach the cluster. The directory still belongs to root, so that user cannot change its files. */
async function allowTraversal(directory: string, user: UnprivilegedUser): Promise<void> {
  if ((await stat(directory)).uid !== 0) return;
  await chown(directory, 0, user.gid);
  await chmod(directory, 0o710);
}

/** Runs `test -x` as the user, because parent directories, access control lists and mount options matter besides file modes. */
async function canEnter(directory: string, user: UnprivilegedUser): Promise<boolean> {
  return (await runProgram({ file: "/bin/sh", args: ["-c", 'test -x "$1"', "sh", directory], user })).ok;
}

async function homeElsewhere(
  dataDir: string,
  { user, systemDir }: { user: UnprivilegedUser; systemDir: string },
): Promise<string> {
  await createRootDirectory(systemDir);
  await createRootDirectory(join(systemDir, "clusters"));
  // The random part prevents that a data directory, after it was removed and created again, uses its former data.
  const hash = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  const home = join(systemDir, "clusters", `${hash}-${randomBytes(4).toString("hex")}`);
  await mkdir(home, { mode: 0o700 });
  await allowTraversal(home, user);

  const draft = await writeLocation(dataDir, { home, dataDir });
  try {
    // A link, unlike a rename, fails if the file exists: of two concurrent first starts, the earlier one wins.
    await link(draft, join(dataDir, "location.json"));
    return home;
  } catch (error) {
    await rm(home, { recursive: true });
    const existing = await recordedHome(dataDir, systemDir);
    if (!existing) throw error;
    return existing;
  } finally {
    await rm(draft, { force: true });
  }
}

async function recordedHome(dataDir: string, systemDir: string): Promise<string | undefined> {
  const file = join(dataDir, "location.json");
  const location = await readLocation(file);
  if (!location) return undefined;
  const { home } = location;
  // The file can be in a user's directory, so it must not make root use any other directory.
  if (dirname(home) !== join(systemDir, "clusters") || !(await exists(home))) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `${file} points to the database in ${home || "(unreadable)"}, which does not exist: restore it, or remove ${file} to start with an empty database.`,
    );
  }
  if (location.dataDir === dataDir) return home;

  const original = await readLocation(join(location.dataDir, "location.json"));
  if (original?.home === home) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `${dataDir} is a copy of ${location.dataDir}, and both would use the database in ${home}: remove ${file} to start with an empty database.`,
    );
  }
  await rename(await writeLocation(dataDir, { home, dataDir }), file);
  return home;
}

async function readLocation(file: string): Promise<Location | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value && "home" in value && "dataDir" in value) {
      const { home, dataDir } = value;
      if (typeof home === "string" && typeof dataDir === "string") return { home, dataDir };
    }
  } catch {
    // Invalid JSON is reported like a home that does not exist.
  }
  return { home: "", dataDir: "" };
}

async function writeLocation(dataDir: string, location: Location): Promise<string> {
  const draft = join(dataDir, `location.${randomBytes(6).toString("hex")}.new`);
  return await writeDraft(draft, `${JSON.stringify(location, null, 2)}\n`, 0o644);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
