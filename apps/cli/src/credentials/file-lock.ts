// A lock that processes share: a file that only one of them can make. Its maker may die with it, so one that was left
// behind is taken away: when its process is gone, or when it is older than any work in it lasts.
//
// Two may hold it after all, for instance when the machine slept. Nothing is lost then: the server gives both the
// same successor of a refresh token (docs/sessions.md), and the file is replaced whole. The lock keeps projo from
// getting there in everyday use.
import { randomUUID } from "node:crypto";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import type { Self } from "../io.ts";

/** Longer than a refresh takes, which the SDK gives 30 seconds with all its tries. */
const OLDEST_MS = 45_000;
const LONGEST_WAIT_MS = 60_000;
const LOOK_AGAIN_MS = 20;

/** The lock was held for longer than anyone should hold it. */
export class LockHeldError extends Error {
  override readonly name = "LockHeldError";
}

export type FileLock = <T>(work: () => Promise<T>) => Promise<T>;

/** @throws LockHeldError, or the system's error when the file cannot be made */
export function fileLock(path: string, self: Self): FileLock {
  return async (work) => {
    const holder = JSON.stringify({ id: randomUUID(), ...self });
    await take(path, holder, self);
    try {
      return await work();
    } finally {
      // Not another's, who took this one for left behind.
      if ((await contentOf(path)) === holder) await rm(path, { force: true });
    }
  };
}

async function take(path: string, holder: string, self: Self): Promise<void> {
  const startedAt = performance.now();
  while (!(await make(path, holder))) {
    if (performance.now() - startedAt > LONGEST_WAIT_MS) throw new LockHeldError(path);
    const left = await leftBehind(path, self);
    if (left === undefined) await wait(LOOK_AGAIN_MS);
    else await takeAway(path, left);
  }
}

async function make(path: string, holder: string): Promise<boolean> {
  try {
    // Fails when it is there: of all who try, one succeeds.
    await writeFile(path, holder, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** What the file holds, if its maker has left it behind. */
async function leftBehind(path: string, self: Self): Promise<string | undefined> {
  const holder = await contentOf(path);
  if (holder === undefined) return undefined;
  if (isGone(holder, self)) return holder;
  return (await isOlder(path, OLDEST_MS)) ? holder : undefined;
}

async function isOlder(path: string, ms: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > ms;
  } catch (error) {
    // It was given back between two looks.
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Whether its process has ended. Of another machine's, or another container's, that cannot be told. */
function isGone(holder: string, { host, isRunning }: Self): boolean {
  const maker = parse(holder);
  return maker !== undefined && maker.host === host && !isRunning(maker.pid);
}

function parse(holder: string): { pid: number; host: string } | undefined {
  try {
    const { pid, host } = JSON.parse(holder) as { pid?: unknown; host?: unknown };
    return Number.isInteger(pid) && typeof host === "string" ? { pid: Number(pid), host } : undefined;
  } catch {
    // Half written, a moment ago or for ever: its age decides.
    return undefined;
  }
}

/**
 * One at a time takes away what was left behind, and looks again first: else a slow one would take away the lock that a
 * fast one has made since.
 */
async function takeAway(path: string, left: string): Promise<void> {
  const turn = `${path}.turn`;
  if (!(await make(turn, left))) {
    await wait(LOOK_AGAIN_MS);
    // Whoever has the turn needs a moment for it, unless they died in it.
    if (await isOlder(turn, OLDEST_MS)) await rm(turn, { force: true });
    return;
  }
  try {
    if ((await contentOf(path)) === left) await rm(path, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
