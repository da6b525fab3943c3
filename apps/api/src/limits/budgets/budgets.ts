// Budgets: so many points a minute for each account and for each workspace, and so much of either at once. Why they are as
// they are: docs/decisions/budgets.md. Who pays is known by then: an account by its session or key, a workspace once it is
// known that the caller may act in it.
import { LONGEST_WAIT_MS as LONGEST_WAIT_FOR_REDIS_MS, type SharedRedis } from "../counting/open-redis.ts";
import type { Quota } from "../limiter/limiter.ts";
import { createAtOnce, type AtOnce, type Leave } from "./concurrency-limit.ts";
import { startSettling, type Settling } from "./settling.ts";
import { createSpendingBook, type SpendingBook } from "./spending.ts";

/** The account or workspace that a call is charged to. */
export interface Payer {
  readonly scope: Scope;
  /** Unique among all payers of its scope. */
  readonly key: string;
}

export type Scope = "account" | "workspace";

export interface Price {
  readonly points: number;
  /** Whether it is a long operation, of which few run at once. */
  readonly isLong: boolean;
}

export type Admission =
  /** `leave` is called once when the call has ended. */
  | { readonly leave: Leave; readonly quota: Quota }
  /** The budget is spent, or too much runs at once. */
  | { readonly leave: null; readonly quota: Quota; readonly retryAfterSeconds: number };

export interface Budgets {
  /** Charges a call to its payer, and waits for a free place. */
  admit(payer: Payer, price: Price): Promise<Admission>;
  close(): void;
}

export interface BudgetsOptions {
  /** The points of a minute. */
  readonly points: Readonly<Record<Scope, number>>;
  /** Null to count in this process alone. */
  readonly shared: SharedRedis | null;
  /** In milliseconds. */
  readonly now: () => number;
}

/** What runs at once under the usual budgets, and under smaller ones. Under larger ones it is more, in proportion. */
const USUAL = {
  account: { points: 60_000, short: 60, long: 1 },
  workspace: { points: 240_000, short: 240, long: 2 },
} as const;

/** A call takes a place for so many of its points, and at most so many places. */
const POINTS_OF_A_PLACE = 5;
const MOST_PLACES = 8;

const LONGEST_WAIT_MS = 2_000;

/** A spender who has spent this part of the budget since it was last settled waits until it is. */
const UNSETTLED_PART = 1 / 20;

export function createBudgets({ points, shared, now }: BudgetsOptions): Budgets {
  const books = { account: bookOf(points.account, shared), workspace: bookOf(points.workspace, shared) };
  const places = { account: placesOf("account", points), workspace: placesOf("workspace", points) };
  const settling = shared && startSettling({ shared, books, now });

  return {
    admit: async ({ scope, key }, price) => {
      const book = books[scope];
      const budget = points[scope];
      if (settling) await settleBelow(settling, () => book.unsettledOf(key) <= budget * UNSETTLED_PART);
      const { isOver, remaining, retryAfterSeconds, resetSeconds } = book.spend(key, price.points, now());
      const quota: Quota = { name: scope, points: budget, seconds: 60, remaining, resetSeconds };
      if (isOver) return { leave: null, quota, retryAfterSeconds };
      settling?.spent();
      const leave = await places[scope].enter(key, loadOf(price));
      if (leave) return { leave, quota };
      // A call that does not run costs nothing.
      book.giveBack(key, price.points, now());
      return { leave: null, quota, retryAfterSeconds: 1 };
    },
    close: () => settling?.close(),
  };
}

const bookOf = (points: number, shared: SharedRedis | null): SpendingBook =>
  createSpendingBook({ points, isShared: shared !== null });

function placesOf(scope: Scope, points: BudgetsOptions["points"]): AtOnce {
  const usual = USUAL[scope];
  const times = Math.max(1, points[scope] / usual.points);
  const [short, long] = [Math.round(usual.short * times), Math.round(usual.long * times)];
  return createAtOnce({ short, long, longestQueue: 2 * short, longestWaitMs: LONGEST_WAIT_MS });
}

const loadOf = ({ points, isLong }: Price) => ({
  isLong,
  places: Math.min(MOST_PLACES, Math.max(1, Math.ceil(points / POINTS_OF_A_PLACE))),
});

/** Waits until what is not settled is little enough, or Redis does not answer, or it has waited long enough. */
async function settleBelow(settling: Settling, isEnough: () => boolean): Promise<void> {
  if (isEnough()) return;
  const until = performance.now() + LONGEST_WAIT_FOR_REDIS_MS;
  while (!isEnough() && performance.now() < until) {
    if (!(await settling.settle())) return;
  }
}
