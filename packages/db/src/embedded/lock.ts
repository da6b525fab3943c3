// The lock file that allows one server per cluster. Node has no flock. postmaster.pid alone is not enough: it is written
// after initdb, so two servers could both run initdb, and it cannot detect a reused pid.

import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import { EmbeddedPostgresError } from "./system/embedded-postgres-error.ts";
import { processStart } from "./system/process-identity.ts";
import { writeDraft } from "./system/write-draft.ts";

export interface Lock {
  release(): Promise<void>;
}

interface Holder {
  pid: number;
  startedAt: string;
  /** Identifies this acquisition, so that a successor replaces this lock and not a later one. */
  token: string;
}

/** Takes the lock file for this process. @throws EmbeddedPostgresError in_use */
export async function takeLock(path: string, dataDir: string): Promise<Lock> {
  const self: Holder = {
    pid: process.pid,
    startedAt: (await processStart(process.pid)) ?? "",
    token: randomBytes(8).toString("hex"),
  };
  const holder = await claim(path, self);
  if (holder) {
    const who = holder.pid === process.pid ? `this process (${holder.pid})` : `process ${holder.pid}`;
    throw new EmbeddedPostgresError(
      "in_use",
      `The database in ${dataDir} is in use by ${who}: stop that process, or set PROJO_DATA_DIR to another directory.`,
    );
  }
  return {
    release: async () => {
      if ((await read(path))?.token === self.token) await rm(path, { force: true });
    },
  };
}

/** Takes the file. @returns undefined on success, otherwise the running process that holds it */
async function claim(path: string, self: Holder): Promise<Holder | undefined> {
  for (let waits = 0; ;) {
    if (await create(path, self)) return undefined;
    const holder = await read(path);
    if (!holder) continue;
    if (await isAlive(holder)) return holder;

    // Of the processes that find the same stale lock, only the one that claims the file named after its token may replace it.
    // No other process changes `path` meanwhile, so the check and the rename are safe. If the claimant ends, it leaves a
    // stale claim, which the same rule recovers.
    const claimPath = `${path}.${holder.token}`;
    const claimant = await claim(claimPath, self);
    if (claimant) {
      // The claimant will hold the lock soon or give up. A suspended claimant must not block this process for ever.
      if (++waits > 250) return claimant;
      await delay(20);
      continue;
    }
    const stillStale = (await read(path))?.token === holder.token;
    if (stillStale) await replace(path, self);
    await rm(claimPath, { force: true });
    if (stillStale) return undefined;
  }
}

/**
 * Creates the file unless it exists. A hard link appears together with its content and never replaces a file. Some file
 * systems have no hard links (FAT, many network and container file systems): there the file is created empty and then
 * written, and a reader waits for its content.
 */
async function create(path: string, self: Holder): Promise<boolean> {
  const draft = await write(path, self);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!withoutHardLinks.has(codeOf(error))) throw error;
    return await createWithoutLink(path, self);
  } finally {
    await rm(draft, { force: true });
  }
}

const withoutHardLinks = new Set<unknown>(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"]);

async function createWithoutLink(path: string, self: Holder): Promise<boolean> {
  try {
    await writeFile(path, `${JSON.stringify(self)}\n`, { flag: "wx", mode: 0o644 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;

async function replace(path: string, self: Holder): Promise<void> {
  await rename(await write(path, self), path);
}

async function write(path: string, self: Holder): Promise<string> {
  return await writeDraft(`${path}.${self.token}.new`, `${JSON.stringify(self)}\n`, 0o644);
}

/** A file that stays unreadable for a second counts as stale: a disk failure or a killed process left it. */
async function read(path: string): Promise<Holder | undefined> {
  for (let waits = 0; ; waits++) {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    const holder = parseHolder(text);
    if (holder !== stale || waits === 50) return holder;
    await delay(20);
  }
}

const stale: Holder = { pid: 0, startedAt: "", token: "unreadable" };

function parseHolder(text: string): Holder {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return stale;
    if (!("pid" in value) || !("startedAt" in value) || !("token" in value)) return stale;
    const { pid, startedAt, token } = value;
    if (typeof pid !== "number" || typeof startedAt !== "string") return stale;
    if (typeof token !== "string" || !/^[0-9a-f]+$/.test(token)) return stale;
    return { pid, startedAt, token };
  } catch {
    return stale;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  const startedAt = await processStart(holder.pid);
  if (startedAt === undefined) return false;
  return startedAt === "" || holder.startedAt === "" || startedAt === holder.startedAt;
}
