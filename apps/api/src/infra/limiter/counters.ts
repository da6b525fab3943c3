// Who has how many tries left, in Redis where there is one, else in this process. When Redis fails, the process
// counts by itself with the same limits: a decision is never put off, and never simply a yes.
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
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
}

/**
 * Counts a try, and says whether it was one too many. Counting and asking are one step, so that no two tries race.
 * `spent` is how many points the try costs; 1 by default.
 */
export type Counter = (key: string, turn: Turn, spent?: number) => Promise<Count>;

/** The addresses at which people are known. */
export interface Acquaintances {
  add(key: string, turn: Turn): Promise<void>;
  has(key: string, turn: Turn): Promise<boolean>;
}

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

export function createCounter(
  { name, points, seconds }: CounterOptions,
  shared: SharedRedis | null,
): Counter {
  const options = { keyPrefix: `projo:limit:${name}`, points, duration: seconds };
  const insurance = new RateLimiterMemory(options);
  const limiter = shared && new RateLimiterRedis({ ...options, storeClient: shared.redis });
  return async (key, turn, spent = 1) => {
    const counted = limiter && (await turn.ask(() => outcomeOf(limiter.consume(key, spent))));
    const { consumedPoints, msBeforeNext } = counted ?? (await outcomeOf(insurance.consume(key, spent)));
    return {
      isOver: consumedPoints > points,
      remaining: Math.max(0, points - consumedPoints),
      resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1_000)),
    };
  };
}

/** The library throws a refusal. Here it is an outcome, and an error is that something broke. */
function outcomeOf(consumed: Promise<RateLimiterRes>): Promise<RateLimiterRes> {
  return consumed.catch((error: unknown) => {
    if (error instanceof RateLimiterRes) return error;
    throw error;
  });
}

export function createAcquaintances(seconds: number, shared: SharedRedis | null): Acquaintances {
  const options = { keyPrefix: "projo:known", points: 1, duration: seconds };
  const here = new RateLimiterMemory(options);
  const everywhere = shared && new RateLimiterRedis({ ...options, storeClient: shared.redis });
  return {
    // In both places: who is known is known during an outage too, at least to this process.
    add: async (key, turn) => {
      await here.set(key, 1, seconds);
      if (everywhere) await turn.ask(() => everywhere.set(key, 1, seconds));
    },
    has: async (key, turn) => {
      if ((await here.get(key)) !== null) return true;
      return everywhere !== null && (await turn.ask(() => everywhere.get(key))) !== null;
    },
  };
}
