// A lock between processes: a file that only one process can create, and that appears together with its content. A process
// may die while it holds the lock, so a stale lock is removed: when its process has ended, or when it was not renewed for
// longer than a living process takes.
//
// In rare cases two processes hold the lock, for instance after the machine slept. No data is lost then: the server
// gives both the same successor of a refresh token, and the file is replaced as a whole.
// The lock prevents this case in normal use.
import { systemErrorCode as codeOf } from "./file-problem.ts";
import { fileSystem, randomId, readText, system, wait } from "./system.ts";
import type { Self } from "./this-process.ts";

/** The holder renews its lock more often, so that a process with a longer timeout keeps it. */
const MAX_AGE_MS = 45_000;
const RENEWAL_INTERVAL_MS = 10_000;
/** Longer than a process takes to write its lock. Only without hard links can a lock be incomplete. */
const MAX_INCOMPLETE_MS = 2_000;
const MAX_WAIT_MS = 60_000;
const POLL_INTERVAL_MS = 20;

/** Another process held the lock for longer than the time to wait. */
export class LockHeldError extends Error {
  override readonly name = "LockHeldError";
}

export type FileLock = <T>(work: () => Promise<T>) => Promise<T>;

export interface LockTimes {
  readonly renewalIntervalMs?: number;
  readonly maxWaitMs?: number | undefined;
}

/** @throws LockHeldError, or the system error when the lock file cannot be created */
export function fileLock(path: string, self: Self, times: LockTimes = {}): FileLock {
  const { renewalIntervalMs = RENEWAL_INTERVAL_MS, maxWaitMs = MAX_WAIT_MS } = times;
  return async (work) => {
    const holder = JSON.stringify({ id: randomId(), ...self });
    await acquire(path, holder, { self, maxWaitMs });
    const { setInterval, clearInterval } = system().getBuiltinModule("node:timers");
    const renewal = setInterval(() => void renew(path), renewalIntervalMs);
    renewal.unref();
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      // Another process may have removed this lock as stale and created its own. Do not remove that one.
      if ((await contentOf(path)) === holder) await fileSystem().rm(path, { force: true });
    }
  };
}

async function renew(path: string): Promise<void> {
  const now = new Date();
  // A lock that was removed as stale needs no renewal.
  await fileSystem()
    .utimes(path, now, now)
    .catch(() => undefined);
}

interface Wait {
  readonly self: Self;
  readonly maxWaitMs: number;
}

async function acquire(path: string, holder: string, { self, maxWaitMs }: Wait): Promise<void> {
  const { performance } = system().getBuiltinModule("node:perf_hooks");
  const startedAt = performance.now();
  while (!(await create(path, holder))) {
    const stale = await staleHolder(path, self);
    const limitMs = stale === undefined ? maxWaitMs : MAX_WAIT_MS;
    if (performance.now() - startedAt > limitMs) throw new LockHeldError(path);
    if (stale === undefined) await wait(POLL_INTERVAL_MS);
    else await removeStale(path, stale);
  }
}

/** Creates the file with its content, in one step. @returns false when it exists @throws the system's error */
async function create(path: string, holder: string): Promise<boolean> {
  // A process that waits for the lock writes no files meanwhile.
  if (await exists(path)) return false;
  const { link, rm, writeFile } = fileSystem();
  const draft = `${path}.${randomId()}`;
  try {
    await writeFile(draft, holder, { flag: "wx", mode: 0o600 });
    await link(draft, path);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return false;
    if (code !== undefined && NO_HARD_LINKS.has(code)) return await createWithoutLink(path, holder);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Some file systems have no hard links, such as FAT and many network file systems. */
const NO_HARD_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

async function createWithoutLink(path: string, holder: string): Promise<boolean> {
  const { rm, writeFile } = fileSystem();
  try {
    // The flag wx fails when the file exists, so exactly one process succeeds.
    await writeFile(path, holder, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    // The file is ours: a full disk left it incomplete.
    if (codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT") await rm(path, { force: true });
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await fileSystem().stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Returns the content of the lock file when the lock is stale. */
async function staleHolder(path: string, self: Self): Promise<string | undefined> {
  const holder = await contentOf(path);
  if (holder === undefined) return undefined;
  const owner = parse(holder);
  if (owner && hasEnded(owner, self)) return holder;
  return (await isOlder(path, owner ? MAX_AGE_MS : MAX_INCOMPLETE_MS)) ? holder : undefined;
}

/** Also true for a time as far in the future: the clock was wrong when the lock was created, or is wrong now. */
async function isOlder(path: string, ms: number): Promise<boolean> {
  try {
    return Math.abs(Date.now() - (await fileSystem().stat(path)).mtimeMs) > ms;
  } catch (error) {
    // The lock was released in the meantime.
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Returns true when the holder's process has ended. Unknown, so false, for another machine or container. */
const hasEnded = (owner: Owner, { host, namespace, isRunning }: Self): boolean =>
  owner.host === host &&
  (owner.namespace === undefined || owner.namespace === namespace) &&
  !isRunning(owner.pid);

interface Owner {
  pid: number;
  host: string;
  namespace: unknown;
}

function parse(holder: string): Owner | undefined {
  try {
    const { pid, host, namespace } = JSON.parse(holder) as Partial<Record<keyof Owner, unknown>>;
    return Number.isInteger(pid) && typeof host === "string"
      ? { pid: Number(pid), host, namespace }
      : undefined;
  } catch {
    // The file is partly written: its owner is still writing it, or died meanwhile. The age decides.
    return undefined;
  }
}

/**
 * Removes a stale lock. One process at a time does so, and reads the lock again first: otherwise a slow process could
 * remove the new lock of a faster one.
 */
async function removeStale(path: string, stale: string): Promise<void> {
  const { rm } = fileSystem();
  const removalLock = `${path}.turn`;
  if (!(await create(removalLock, stale))) {
    await wait(POLL_INTERVAL_MS);
    // A removal takes milliseconds, so an old removal lock belongs to a process that died.
    if (await isOlder(removalLock, MAX_AGE_MS)) await rm(removalLock, { force: true });
    return;
  }
  try {
    if ((await contentOf(path)) === stale) await rm(path, { force: true });
  } finally {
    await rm(removalLock, { force: true });
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readText(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    // Node names no path when the path is a directory.
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  }
}
