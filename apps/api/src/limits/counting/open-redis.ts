import { once } from "node:events";
import type { Redis } from "ioredis";
import type { Log } from "../../runtime/log.ts";

/** How long a decision may wait for Redis, all its questions together. */
export const LONGEST_WAIT_MS = 250;

const LONGEST_START_MS = 1_000;

export interface SharedRedis {
  readonly redis: Redis;
  /** To be told of every failure and every success: the log hears of an outage once, and once of its end. */
  failed(error: unknown): void;
  answered(): void;
  close(): void;
}

/** Connects to Redis, and goes on without it when it is not there: it is tried again until it is. */
export async function openRedis(url: string, log: Log): Promise<SharedRedis> {
  // Loaded where it is used: a server without Redis is smaller and starts sooner.
  const ioredis = await import("ioredis");
  const redis = new ioredis.Redis(url, {
    // Whatever cannot be asked now is decided without Redis now: nothing waits, and nothing is sent later.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: LONGEST_WAIT_MS,
    // A Redis that hangs loses its connection too, so that only the first request waits for it.
    socketTimeout: LONGEST_WAIT_MS,
    connectTimeout: LONGEST_START_MS,
    retryStrategy: (tries) => Math.min(100 * tries, 2_000),
  });
  let isOut = false;
  const failed = (error: unknown) => {
    if (isOut) return;
    isOut = true;
    // The message alone: the error holds the command that failed, which may be the one with the password.
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ reason }, "Redis does not answer: limits are counted in this process alone until it does");
  };
  const answered = () => {
    if (isOut) log.info("Redis answers again: limits are shared again");
    isOut = false;
  };
  redis.on("error", failed);
  redis.on("ready", answered);
  await once(redis, "ready", { signal: AbortSignal.timeout(LONGEST_START_MS) }).catch(failed);
  return { redis, failed, answered, close: () => redis.disconnect() };
}
