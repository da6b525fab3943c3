// Budgets limit the points per minute and the concurrent work of each account and each workspace
// (docs/decisions/budgets.md). A budget is charged only after authorization: an account's after the caller is
// authenticated, a workspace's after the caller is authorized in it.
import { LONGEST_WAIT_MS as LONGEST_WAIT_FOR_REDIS_MS, type SharedRedis } from "../counting/open-redis.ts";
import type { Quota } from "../limiter/limiter.ts";
import { createConcurrencyLimit, type ConcurrencyLimit, type Leave } from "./concurrency-limit.ts";
import { startSettling, type Settling } from "./settling.ts";
import { createSpendingBook, type SpendingBook } from "./spending.ts";

/** The account or workspace that a call is charged to. */
export interface Payer {
  readonly scope: Scope;
  /** A key that is unique within the scope. */
  readonly key: string;
}

export type Scope = "account" | "workspace";

export interface Price {
  readonly points: number;
  /** Whether the call is a long operation, of which few run concurrently. */
  readonly isLong: boolean;
}

export type Admission =
  /** `leave` is called once when the call has ended. */
  | { readonly leave: Leave; readonly quota: Quota }
  /** The budget is spent, or too many calls run concurrently. */
  | { readonly leave: null; readonly quota: Quota; readonly retryAfterSeconds: number };

export interface Budgets {
  /** Charges a call to its payer and waits for free places. */
  admit(payer: Payer, price: Price): Promise<Admission>;
  close(): void;
}

export interface BudgetsOptions {
  /** The points per minute. */
  readonly points: Readonly<Record<Scope, number>>;
  /** Null to count in this process only. */
  readonly shared: SharedRedis | null;
  /** The current time in milliseconds. */
  readonly now: () => number;
}

/**
 * The default budgets and their concurrency limits. Larger budgets have proportionally higher limits; smaller ones have the
 * same.
 */
const DEFAULTS = {
  account: { points: 60_000, short: 60, long: 1 },
  workspace: { points: 240_000, short: 240, long: 2 },
} as const;

/** A call takes one place for every 5 points, and at most 8 places. */
const POINTS_PER_PLACE = 5;
const MAX_PLACES = 8;

const LONGEST_WAIT_MS = 2_000;

/** A payer whose unsettled points exceed this part of the budget waits until they are settled. */
const MAX_UNSETTLED_PART = 1 / 20;

export function createBudgets({ points, shared, now }: BudgetsOptions): Budgets {
  const books = { account: bookOf(points.account, shared), workspace: bookOf(points.workspace, shared) };
  const places = { account: placesOf("account", points), workspace: placesOf("workspace", points) };
  const settling = shared && startSettling({ shared, books, now });

  return {
    admit: async ({ scope, key }, price) => {
      const book = books[scope];
      const budget = points[scope];
      if (settling) await settleBelow(settling, () => book.unsettledOf(key) <= budget * MAX_UNSETTLED_PART);
      const { isOver, remaining, retryAfterSeconds, resetSeconds } = book.spend(key, price.points, now());
      const quota: Quota = { name: scope, points: budget, seconds: 60, remaining, resetSeconds };
      if (isOver) return { leave: null, quota, retryAfterSeconds };
      settling?.spent();
      const leave = await places[scope].enter(key, loadOf(price));
      if (leave) return { leave, quota };
      // A call that does not run is not charged.
      book.giveBack(key, price.points, now());
      return { leave: null, quota, retryAfterSeconds: 1 };
    },
    close: () => settling?.close(),
  };
}

const bookOf = (points: number, shared: SharedRedis | null): SpendingBook =>
  createSpendingBook({ points, isShared: shared !== null });

function placesOf(scope: Scope, points: BudgetsOptions["points"]): ConcurrencyLimit {
  const defaults = DEFAULTS[scope];
  const factor = Math.max(1, points[scope] / defaults.points);
  const [short, long] = [Math.round(defaults.short * factor), Math.round(defaults.long * factor)];
  return createConcurrencyLimit({ short, long, longestQueue: 2 * short, longestWaitMs: LONGEST_WAIT_MS });
}

const loadOf = ({ points, isLong }: Price) => ({
  isLong,
  places: Math.min(MAX_PLACES, Math.max(1, Math.ceil(points / POINTS_PER_PLACE))),
});

/** Settles until few enough points are unsettled, Redis does not answer, or the longest wait for Redis has passed. */
async function settleBelow(settling: Settling, isBelow: () => boolean): Promise<void> {
  if (isBelow()) return;
  const until = performance.now() + LONGEST_WAIT_FOR_REDIS_MS;
  while (!isBelow() && performance.now() < until) {
    if (!(await settling.settle())) return;
  }
}
