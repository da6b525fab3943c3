// How several servers share one budget. Each counts in its own memory, so that a read costs no trip to Redis, and in the
// background adds what it counted to the common count and learns what the others added. A spender that spends much within
// that time waits for the count. While Redis is away each server counts by itself.
import { startTurn } from "../counting/counters.ts";
import type { SharedRedis } from "../counting/open-redis.ts";
import type { SpendingBook } from "./spending.ts";

export interface Settling {
  /** To be told that something was spent: it is settled soon. */
  spent(): void;
  /** Settles now, and never rejects. @returns whether Redis answered, within the time that a decision may wait for it */
  settle(): Promise<boolean>;
  close(): void;
}

export interface SettlingOptions {
  readonly shared: SharedRedis;
  /** By the names under which their counts are kept. */
  readonly books: Readonly<Record<string, SpendingBook>>;
  /** In milliseconds. */
  readonly now: () => number;
}

/** So long at most what was spent is not known to the other servers. */
const EVERY_MS = 200;
/** So long Redis is not asked again after it failed. */
const AFTER_FAILURE_MS = 1_000;
/** Longer than the two minutes that count. */
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
      const place = `projo:budget:${name}:${unsettled.key}:${unsettled.minute}`;
      pipeline.incrby(place, unsettled.points);
      pipeline.expire(place, KEPT_SECONDS);
    }
    const turn = startTurn(shared);
    const answers = await turn.ask(async () => totalsOf(await pipeline.exec()));
    turn.end();
    if (answers === null) failedAt = now();
    for (const [place, { book, unsettled }] of taken.entries()) {
      const total = answers?.[place];
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

/** Of each pair of commands the first's answer. @throws Error where one of them failed */
function totalsOf(answers: [error: Error | null, result: unknown][] | null): number[] {
  const totals = (answers ?? []).filter((_, place) => place % 2 === 0);
  return totals.map(([error, total]) => {
    if (error) throw error;
    return Number(total);
  });
}
