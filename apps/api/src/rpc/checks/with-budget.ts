// What a call costs, and who pays: first the account of the caller, then the workspace, once it is known that the caller
// may act in it.
import { type Operation, pointsOf } from "@projostack/contract";
import type { Admission, Payer, Price } from "../../limits/budgets/budgets.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Call } from "../call.ts";

/** A query that costs more than this is no plain read. */
const MAX_PLAIN_READ_POINTS = 10;

export interface CallPrice extends Price {
  /** It changes nothing and costs little: it may be read together with who asks, before its price is paid. */
  readonly isPlainRead: boolean;
}

export async function priceOf(
  operation: Pick<Operation, "cost" | "input" | "kind">,
  { getRawInput }: Pick<Call, "getRawInput">,
): Promise<CallPrice> {
  // An input that is no JSON is refused later, and costs the least that the operation costs.
  const input = await getRawInput().catch(() => undefined);
  const points = pointsOf(operation, input);
  const isPlainRead = operation.kind === "query" && points <= MAX_PLAIN_READ_POINTS;
  return { points, isLong: operation.cost.batch === false, isPlainRead };
}

export interface Charge {
  readonly payer: Payer;
  readonly price: CallPrice;
}

/** Charges a call, and runs it within what its payer may have at once. @throws Failure limit.exceeded */
export async function withBudget<T>(
  { services: { budgets }, setRateLimitHeaders }: Context,
  { payer, price }: Charge,
  next: () => Promise<T>,
): Promise<T> {
  const admission = await budgets.admit(payer, price);
  if (shouldReportQuota(admission, { payer, price })) setRateLimitHeaders([admission.quota]);
  if (!admission.leave) {
    throw new Failure("limit.exceeded", { retryAfterSeconds: admission.retryAfterSeconds });
  }
  try {
    return await next();
  } finally {
    admission.leave();
  }
}

/**
 * A refusal shows whose budget it was. Else the caller is shown their own alone, as a workspace's says what others do: with
 * each call that is no plain read, and with every call once half of it is spent.
 */
function shouldReportQuota({ leave, quota }: Admission, { payer, price }: Charge): boolean {
  if (leave === null) return true;
  return payer.scope === "account" && (!price.isPlainRead || quota.remaining < quota.points / 2);
}
