import { createHash, randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { EmbeddedPostgresError } from "./system/embedded-postgres-error.ts";
import { ownDirectory } from "./system/reachable-copy.ts";
import { runProgram, type UnprivilegedUser } from "./system/run-program.ts";
import { unprivilegedUser } from "./system/unprivileged-user.ts";

/** Where one embedded database lives and who runs it. */
export interface Place {
  /** Holds the lock, the password and the cluster. The data directory, unless PostgreSQL cannot get there. */
  home: string;
  cluster: string;
  /** Undefined: PostgreSQL runs as whoever runs the server. */
  user: UnprivilegedUser | undefined;
}

interface Location {
  /** The home elsewhere. */
  home: string;
  /** Where the location file lay when it was written: tells a moved checkout from a copied one. */
  dataDir: string;
}

/**
 * Finds the place of a data directory and makes it ready. For an ordinary user that is the directory itself,
 * mode 0700. Root keeps the directory and lets the group of PostgreSQL's user pass through; where that user
 * cannot get there at all (a checkout in /root) the home lies below `systemDir`, and location.json says where.
 */
export async function findPlace(givenDataDir: string, systemDir: string): Promise<Place> {
  await mkdir(dirname(resolve(givenDataDir)), { recursive: true });
  await mkdir(givenDataDir, { recursive: true, mode: 0o700 });
  const dataDir = await realpath(givenDataDir);

  const recorded = await recordedHome(dataDir, systemDir);
  const home = recorded ?? dataDir;
  const user = await unprivilegedUser([join(home, "cluster"), home]);
  if (!user || recorded) return { home, cluster: join(home, "cluster"), user };

  await letPass(dataDir, user);
  if (await canEnter(dataDir, user)) return { home, cluster: join(home, "cluster"), user };
  if (await isThere(join(dataDir, "cluster"))) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `The database in ${dataDir} belongs to the user with uid ${user.uid}, who cannot enter that directory: let them through its parents (chmod o+x), or move it.`,
    );
  }
  const elsewhere = await homeElsewhere(dataDir, { user, systemDir });
  return { home: elsewhere, cluster: join(elsewhere, "cluster"), user };
}

/** Root's directory stays root's: the user of PostgreSQL may pass to the cluster and change nothing beside it. */
async function letPass(directory: string, user: UnprivilegedUser): Promise<void> {
  if ((await stat(directory)).uid !== 0) return;
  await chown(directory, 0, user.gid);
  await chmod(directory, 0o710);
}

/** Asks the system rather than the modes: every parent, access lists and mount options have a say. */
async function canEnter(directory: string, user: UnprivilegedUser): Promise<boolean> {
  return (await runProgram({ file: "/bin/sh", args: ["-c", 'test -x "$1"', "sh", directory], user })).ok;
}

async function homeElsewhere(
  dataDir: string,
  { user, systemDir }: { user: UnprivilegedUser; systemDir: string },
): Promise<string> {
  await ownDirectory(systemDir);
  await ownDirectory(join(systemDir, "clusters"));
  // The random part keeps a data directory that was removed and made again from finding its former data.
  const hash = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  const home = join(systemDir, "clusters", `${hash}-${randomBytes(4).toString("hex")}`);
  await mkdir(home, { mode: 0o700 });
  await letPass(home, user);

  const draft = await writeDraft(dataDir, { home, dataDir });
  try {
    // Not a rename: of two first starts the earlier one decides.
    await link(draft, join(dataDir, "location.json"));
    return home;
  } catch (error) {
    await rm(home, { recursive: true });
    const decided = await recordedHome(dataDir, systemDir);
    if (!decided) throw error;
    return decided;
  } finally {
    await rm(draft, { force: true });
  }
}

async function recordedHome(dataDir: string, systemDir: string): Promise<string | undefined> {
  const file = join(dataDir, "location.json");
  const location = await readLocation(file);
  if (!location) return undefined;
  const { home } = location;
  // A file in a user's directory must not lead root anywhere else.
  if (dirname(home) !== join(systemDir, "clusters") || !(await isThere(home))) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `${file} points to the database in ${home || "(unreadable)"}, which is not there: restore it, or remove ${file} to begin with an empty database.`,
    );
  }
  if (location.dataDir === dataDir) return home;

  const original = await readLocation(join(location.dataDir, "location.json"));
  if (original?.home === home) {
    throw new EmbeddedPostgresError(
      "start_failed",
      `${dataDir} is a copy of ${location.dataDir}, and both would use the database in ${home}: remove ${file} to begin with an empty database.`,
    );
  }
  await rename(await writeDraft(dataDir, { home, dataDir }), file);
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
    // Not JSON: reported like a location that leads nowhere.
  }
  return { home: "", dataDir: "" };
}

async function writeDraft(dataDir: string, location: Location): Promise<string> {
  const draft = join(dataDir, `location.${randomBytes(6).toString("hex")}.new`);
  await writeFile(draft, `${JSON.stringify(location, null, 2)}\n`);
  return draft;
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
