// Charges a call to budgets: first to the caller's account, then to the workspace once the caller is authorized in it.
import { type Operation, pointsOf } from "@projostack/contract";
import type { Admission, Payer, Price } from "../../limits/budgets/budgets.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failures/failure.ts";
import type { Call } from "../call.ts";

/** A query that costs more points is not a plain read. */
const MAX_PLAIN_READ_POINTS = 10;

export interface CallPrice extends Price {
  /** Whether the call is a cheap query. Its rows may be prefetched during authentication, before it is charged. */
  readonly isPlainRead: boolean;
}

export async function priceOf(
  operation: Pick<Operation, "cost" | "input" | "kind">,
  { getRawInput }: Pick<Call, "getRawInput">,
): Promise<CallPrice> {
  // Input that is not JSON is rejected later, and is charged the minimum price of the operation.
  const input = await getRawInput().catch(() => undefined);
  const points = pointsOf(operation, input);
  const isPlainRead = operation.kind === "query" && points <= MAX_PLAIN_READ_POINTS;
  return { points, isLong: operation.cost.batch === false, isPlainRead };
}

export interface Charge {
  readonly payer: Payer;
  readonly price: CallPrice;
}

/** Charges a call and runs it within the payer's concurrency limit. @throws Failure limit.exceeded */
export async function withBudget<T>(
  { services: { budgets, observer }, setRateLimitHeaders }: Context,
  { payer, price }: Charge,
  next: () => Promise<T>,
): Promise<T> {
  const admission = await budgets.admit(payer, price);
  if (shouldReportQuota(admission, { payer, price })) setRateLimitHeaders([admission.quota]);
  if (!admission.leave) {
    observer.budgetRefused(payer.scope);
    throw new Failure("limit.exceeded", { retryAfterSeconds: admission.retryAfterSeconds });
  }
  try {
    return await next();
  } finally {
    admission.leave();
  }
}

/**
 * Whether the response headers report this budget. A refusal always reports the budget that refused. Otherwise only the
 * caller's own budget is reported, because the workspace's budget would reveal the activity of others: with each call that
 * is not a plain read, and with every call once half of the budget is spent.
 */
function shouldReportQuota({ leave, quota }: Admission, { payer, price }: Charge): boolean {
  if (leave === null) return true;
  return payer.scope === "account" && (!price.isPlainRead || quota.remaining < quota.points / 2);
}
