// Shares budgets between servers. Each server counts in its own memory, so that a read needs no round trip to Redis. In the
// background it adds its points to the common count and learns the points of the other servers. A payer that spends many
// points in between waits for the common count. While Redis is unavailable each server counts by itself.
import { openRedisAccess } from "../counting/counters.ts";
import type { SharedRedis } from "../counting/open-redis.ts";
import type { SpendingBook } from "./spending.ts";

export interface Settling {
  /** Schedules a settlement. It is called when points were spent. */
  spent(): void;
  /** Settles now. It never rejects. @returns whether Redis answered within the longest wait of a decision */
  settle(): Promise<boolean>;
  close(): void;
}

export interface SettlingOptions {
  readonly shared: SharedRedis;
  /** The books, by the names under which Redis stores their counts. */
  readonly books: Readonly<Record<string, SpendingBook>>;
  /** The current time in milliseconds. */
  readonly now: () => number;
}

/** The interval of settlements: other servers learn of spent points after 200 ms at the latest. */
const EVERY_MS = 200;
/** The pause after a failure of Redis. */
const AFTER_FAILURE_MS = 1_000;
/** The expiry of a count in Redis. It is longer than the two minutes that are used. */
const KEPT_SECONDS = 180;

export function startSettling({ shared, books, now }: SettlingOptions): Settling {
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<boolean> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  const settleOnce = async (): Promise<boolean> => {
    if (now() - failedAt < AFTER_FAILURE_MS) return false;
    const taken = Object.entries(books).flatMap(([name, book]) =>
      book.takeUnsettled().map((unsettled) => ({ name, book, unsettled })),
    );
    if (taken.length === 0) return true;
    const pipeline = shared.redis.pipeline();
    for (const { name, unsettled } of taken) {
      const redisKey = `projo:budget:${name}:${unsettled.key}:${unsettled.minute}`;
      pipeline.incrby(redisKey, unsettled.points);
      pipeline.expire(redisKey, KEPT_SECONDS);
    }
    const redisAccess = openRedisAccess(shared);
    const answers = await redisAccess.query(async () => totalsOf(await pipeline.exec()));
    redisAccess.end();
    if (answers === null) failedAt = now();
    for (const [index, { book, unsettled }] of taken.entries()) {
      const total = answers?.[index];
      if (total === undefined) book.putBack([unsettled]);
      else book.learn(unsettled.key, unsettled.minute, total);
    }
    return answers !== null;
  };
  const settle = (): Promise<boolean> => {
    underWay ??= settleOnce().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  return {
    spent: () => {
      if (timer !== undefined || isClosed) return;
      timer = setTimeout(() => {
        timer = undefined;
        void settle();
      }, EVERY_MS);
      timer.unref();
    },
    settle,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** The results of the INCRBY commands, the first of each pair. @throws Error when one of them failed */
function totalsOf(answers: [error: Error | null, result: unknown][] | null): number[] {
  const totals = (answers ?? []).filter((_, index) => index % 2 === 0);
  return totals.map(([error, total]) => {
    if (error) throw error;
    return Number(total);
  });
}
