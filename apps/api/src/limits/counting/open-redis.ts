import { once } from "node:events";
import type { Redis } from "ioredis";
import { readRedisId } from "./redis-id.ts";
import type { Log } from "../../runtime/log.ts";

/** The longest time that a decision may wait for Redis, for all its queries together. */
export const LONGEST_WAIT_MS = 250;

const LONGEST_START_MS = 1_000;

export interface SharedRedis {
  readonly redis: Redis;
  /** Called after every failure and every success. The log gets one line when an outage starts and one when it ends. */
  failed(error: unknown): void;
  answered(): void;
  /** Whether Redis does not answer now, and the number of failed queries. */
  statistics(): { readonly isUnreachable: boolean; readonly failures: number };
  close(): void;
}

/** Connects to Redis. If Redis is unavailable, the server starts without it, and the client keeps reconnecting. */
export async function openRedis(url: string, log: Log): Promise<SharedRedis> {
  // The client is loaded on demand, so that a server without Redis uses less memory and starts faster.
  const ioredis = await import("ioredis");
  const redis = new ioredis.Redis(url, {
    // If a command cannot be sent now, the decision is made without Redis. No command is queued or sent later.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: LONGEST_WAIT_MS,
    // A hanging Redis loses its connection as well, so that only the first request waits for it.
    socketTimeout: LONGEST_WAIT_MS,
    connectTimeout: LONGEST_START_MS,
    retryStrategy: (tries) => Math.min(100 * tries, 2_000),
  });
  let isOut = false;
  let failures = 0;
  const failed = (error: unknown) => {
    failures += 1;
    noteOutage(error);
  };
  const noteOutage = (error: unknown) => {
    if (isOut) return;
    isOut = true;
    // Only the message is logged: the error contains the failed command, which may hold the password.
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ reason }, "Redis does not answer: limits are counted in this process alone until it does");
  };
  const answered = () => {
    if (isOut) log.info("Redis answers again: limits are shared again");
    isOut = false;
  };
  redis.on("error", noteOutage);
  redis.on("ready", answered);
  await once(redis, "ready", { signal: AbortSignal.timeout(LONGEST_START_MS) }).catch(noteOutage);
  const statistics = () => ({ isUnreachable: isOut, failures });
  return { redis, failed, answered, statistics, close: () => redis.disconnect() };
}

/** Connects to Redis once and waits for an answer. @throws Error when it does not answer or refuses the login */
export const pingRedis = (url: string): Promise<void> =>
  withRedis(url, async (redis) => {
    await redis.ping();
  });

/** Connects to Redis once and reads its id. @returns null when no server has set one @throws Error as `pingRedis` does */
export const idOfRedis = (url: string): Promise<string | null> => withRedis(url, readRedisId);

/** Opens a connection for one query. @throws Error when Redis does not answer or refuses the login */
export async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const ioredis = await import("ioredis");
  const redis = new ioredis.Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: 3_000,
    commandTimeout: 3_000,
  });
  let reason: unknown;
  redis.on("error", (error) => (reason ??= error));
  try {
    await redis.connect();
    return await work(redis);
  } catch (error) {
    // The error of the connection says more than "Connection is closed.".
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}
