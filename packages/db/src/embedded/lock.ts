// One server per cluster. Not flock (Node has none) and not postmaster.pid alone: that one is written late,
// so that two servers would both run initdb, and it cannot tell a pid that was given out again.

import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import { EmbeddedPostgresError } from "./system/embedded-postgres-error.ts";
import { processStart } from "./system/process-identity.ts";

export interface Lock {
  release(): Promise<void>;
}

interface Holder {
  pid: number;
  startedAt: string;
  /** Names this one acquisition, so that a successor takes over from it and from no later one. */
  token: string;
}

/** Takes the lock file for this process. @throws EmbeddedPostgresError in_use */
export async function takeLock(path: string, dataDir: string): Promise<Lock> {
  const me: Holder = {
    pid: process.pid,
    startedAt: (await processStart(process.pid)) ?? "",
    token: randomBytes(8).toString("hex"),
  };
  const rival = await claim(path, me);
  if (rival) {
    const who = rival.pid === process.pid ? `this process (${rival.pid})` : `process ${rival.pid}`;
    throw new EmbeddedPostgresError(
      "in_use",
      `The database in ${dataDir} is in use by ${who}: stop that one, or set PROJO_DATA_DIR to another directory.`,
    );
  }
  return {
    release: async () => {
      if ((await read(path))?.token === me.token) await rm(path, { force: true });
    },
  };
}

/** Undefined: `path` is ours. Otherwise the living process that has it. */
async function claim(path: string, me: Holder): Promise<Holder | undefined> {
  for (let waits = 0; ;) {
    if (await create(path, me)) return undefined;
    const holder = await read(path);
    if (!holder) continue;
    if (await isAlive(holder)) return holder;

    // Of all who find the same stale lock one may replace it: who claims the file named after its token. Only
    // the claimant touches `path` then, so its check and its rename cannot be overtaken. (A claimant that dies
    // leaves a stale claim, which is recovered by the same rule.)
    const claimPath = `${path}.${holder.token}`;
    const rival = await claim(claimPath, me);
    if (rival) {
      // It is about to be the holder, or to find that it came too late. A stopped process must not stop us.
      if (++waits > 250) return rival;
      await delay(20);
      continue;
    }
    const stillStale = (await read(path))?.token === holder.token;
    if (stillStale) await replace(path, me);
    await rm(claimPath, { force: true });
    if (stillStale) return undefined;
  }
}

/** A hard link is made with its content or not at all, and never over another. */
async function create(path: string, me: Holder): Promise<boolean> {
  const draft = await write(path, me);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function replace(path: string, me: Holder): Promise<void> {
  await rename(await write(path, me), path);
}

async function write(path: string, me: Holder): Promise<string> {
  const draft = `${path}.${me.token}.new`;
  await writeFile(draft, `${JSON.stringify(me)}\n`, { mode: 0o644 });
  return draft;
}

async function read(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseHolder(text);
}

/** What a disk failure left unreadable names nobody: it is stale. */
function parseHolder(text: string): Holder {
  const nobody = { pid: 0, startedAt: "", token: "unreadable" };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return nobody;
    if (!("pid" in value) || !("startedAt" in value) || !("token" in value)) return nobody;
    const { pid, startedAt, token } = value;
    if (typeof pid !== "number" || typeof startedAt !== "string") return nobody;
    if (typeof token !== "string" || !/^[0-9a-f]+$/.test(token)) return nobody;
    return { pid, startedAt, token };
  } catch {
    return nobody;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  const startedAt = await processStart(holder.pid);
  if (startedAt === undefined) return false;
  return startedAt === "" || holder.startedAt === "" || startedAt === holder.startedAt;
}
