// A lock that processes share: a file that only one of them can make. Its maker may die with it, so one that was left
// behind is taken away: when its process is gone, or when it is older than any work in it lasts.
//
// Two may hold it after all, for instance when the machine slept. Nothing is lost then: the server gives both the
// same successor of a refresh token (docs/sessions.md), and the file is replaced whole. The lock keeps projo from
// getting there in everyday use.
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
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
  try {
    const { mtimeMs } = await stat(path);
    return Date.now() - mtimeMs > OLDEST_MS ? holder : undefined;
  } catch {
    // It was given back between the two looks.
    return undefined;
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

/** Moves it aside first, which one of many can. What was moved is looked at, as it may be another's by now. */
async function takeAway(path: string, left: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  try {
    if ((await contentOf(aside)) !== left) await copyFile(aside, path, constants.COPYFILE_EXCL);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    await rm(aside, { force: true });
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
