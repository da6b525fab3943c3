// Counts tries of one key at a time, in Redis where there is one, else in this process. When Redis fails, the process counts
// by itself with the same limits: a decision is never put off, and never simply a yes.
import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { createCountStore, type CountStore } from "./count-store.ts";
import { LONGEST_WAIT_MS, type SharedRedis } from "./open-redis.ts";

/** What a try left over. */
export interface Count {
  readonly isOver: boolean;
  readonly remaining: number;
  /** Until all is as new. */
  readonly resetSeconds: number;
}

export interface CounterOptions {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
  /** Where this process counts; by default a store of the counter's own, of 16,384 entries. */
  readonly store?: CountStore;
}

/**
 * Counts a try, and says whether it was one too many. Counting and asking are one step, so that no two tries race.
 * `spent` is how many points the try costs; 1 by default.
 */
export type Counter = (key: string, turn: Turn, spent?: number) => Promise<Count>;

/** One decision's dealings with Redis: they end at the first failure, and after so many milliseconds in all. */
export interface Turn {
  /** What Redis says, or null where there is none to ask. */
  ask<T>(question: () => Promise<T>): Promise<T | null>;
  end(): void;
}

/** @param shared null to count in this process alone */
export function startTurn(shared: SharedRedis | null): Turn {
  if (!shared) return { ask: async () => null, end: () => {} };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("It took too long.")), LONGEST_WAIT_MS);
  });
  // Nobody may be listening when time is up.
  late.catch(() => {});
  let hasFailed = false;
  return {
    ask: async (question) => {
      if (hasFailed) return null;
      try {
        const answer = await Promise.race([question(), late]);
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

/** A quarter of a megabyte for each counter. */
const USUAL_ENTRIES = 16_384;

export function createCounter(
  { name, points, seconds, store = createCountStore({ mostEntries: USUAL_ENTRIES }) }: CounterOptions,
  shared: SharedRedis | null,
): Counter {
  const keyPrefix = keyPrefixOf(name);
  const limiter =
    shared && new RateLimiterRedis({ keyPrefix, points, duration: seconds, storeClient: shared.redis });
  return async (key, turn, spent = 1) => {
    const answered = limiter && (await turn.ask(() => outcomeOf(limiter.consume(key, spent))));
    const { count, resetMs } = answered
      ? { count: answered.consumedPoints, resetMs: answered.msBeforeNext }
      : store.add(`${name}:${key}`, spent, seconds);
    return countOf(count, { points, resetMs });
  };
}

/** What the keys of a rule begin with in Redis. */
export const keyPrefixOf = (name: string): string => `projo:limit:${name}`;

export const countOf = (count: number, { points, resetMs }: { points: number; resetMs: number }): Count => ({
  isOver: count > points,
  remaining: Math.max(0, points - count),
  resetSeconds: Math.max(1, Math.ceil(resetMs / 1_000)),
});

/** The library throws a refusal. Here it is an outcome, and an error is that something broke. */
function outcomeOf(consumed: Promise<RateLimiterRes>): Promise<RateLimiterRes> {
  return consumed.catch((error: unknown) => {
    if (error instanceof RateLimiterRes) return error;
    throw error;
  });
}
