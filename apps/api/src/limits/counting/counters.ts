// Counts attempts of one key at a time, in Redis if configured, otherwise in this process. When Redis fails, the process
// counts by itself with the same limits. A decision neither waits for Redis to recover nor grants an attempt without
// counting it.
import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { createCountStore, type CountStore } from "./count-store.ts";
import { LONGEST_WAIT_MS, type SharedRedis } from "./open-redis.ts";

/** The state of a limit after an attempt. */
export interface Count {
  readonly isOver: boolean;
  readonly remaining: number;
  /** The seconds until the count restarts at zero. */
  readonly resetSeconds: number;
}

export interface CounterOptions {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
  /** The store of this process; by default a new store of 16,384 entries. */
  readonly store?: CountStore;
}

/**
 * Counts an attempt and returns whether it exceeded the limit. Counting and comparing are one step, so concurrent attempts
 * cannot exceed the limit together. `spent` is the cost of the attempt in points; 1 by default.
 */
export type Counter = (key: string, redisAccess: RedisAccess, spent?: number) => Promise<Count>;

/** The access of one decision to Redis. It ends at the first failure, or when all its queries together took 250 ms. */
export interface RedisAccess {
  /** Runs a query; null without Redis, after a failure and after the timeout. */
  query<T>(run: () => Promise<T>): Promise<T | null>;
  end(): void;
}

/** @param shared null to count in this process only */
export function openRedisAccess(shared: SharedRedis | null): RedisAccess {
  if (!shared) return { query: async () => null, end: () => {} };
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("Redis did not answer in time.")), LONGEST_WAIT_MS);
  });
  // The timeout may pass while no query is running.
  timeout.catch(() => {});
  let hasFailed = false;
  return {
    query: async (run) => {
      if (hasFailed) return null;
      try {
        const answer = await Promise.race([run(), timeout]);
        shared.answered();
        return answer;
      } catch (error) {
        hasFailed = true;
        shared.failed(error);
        return null;
      }
    },
    end: () => clearTimeout(timer),
  };
}

/** The default number of entries, which uses 256 KB. */
const USUAL_ENTRIES = 16_384;

export function createCounter(
  { name, points, seconds, store = createCountStore({ mostEntries: USUAL_ENTRIES }) }: CounterOptions,
  shared: SharedRedis | null,
): Counter {
  const keyPrefix = keyPrefixOf(name);
  const limiter =
    shared && new RateLimiterRedis({ keyPrefix, points, duration: seconds, storeClient: shared.redis });
  return async (key, redisAccess, spent = 1) => {
    const answered = limiter && (await redisAccess.query(() => outcomeOf(limiter.consume(key, spent))));
    const { count, resetMs } = answered
      ? { count: answered.consumedPoints, resetMs: answered.msBeforeNext }
      : store.add(`${name}:${key}`, spent, seconds);
    return countOf(count, { points, resetMs });
  };
}

/** The prefix of a rule's keys in Redis. */
export const keyPrefixOf = (name: string): string => `projo:limit:${name}`;

export const countOf = (count: number, { points, resetMs }: { points: number; resetMs: number }): Count => ({
  isOver: count > points,
  remaining: Math.max(0, points - count),
  resetSeconds: Math.max(1, Math.ceil(resetMs / 1_000)),
});

/** Returns a refusal, which the library throws, as a result. Any other error is rethrown. */
function outcomeOf(consumed: Promise<RateLimiterRes>): Promise<RateLimiterRes> {
  return consumed.catch((error: unknown) => {
    if (error instanceof RateLimiterRes) return error;
    throw error;
  });
}
