// What a call costs, and who pays: first the account of the caller, then the workspace, once it is known that the caller
// may act in it.
import { type Operation, pointsOf } from "@projostack/contract";
import type { Admission, Payer, Price } from "../infra/budgets/budgets.ts";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import type { Call } from "./layered.ts";

export async function priceOf(
  operation: Pick<Operation, "cost" | "input">,
  { getRawInput }: Pick<Call, "getRawInput">,
): Promise<Price> {
  // What is no JSON is refused in its turn, and costs what the operation costs at least.
  const input = await getRawInput().catch(() => undefined);
  return { points: pointsOf(operation, input), isLong: operation.cost.batch === false };
}

export interface Charge {
  readonly payer: Payer;
  readonly price: Price;
}

/** Charges a call, and runs it within what its payer may have at once. @throws Failure limit.exceeded */
export async function priced<T>(
  { services: { budgets }, tellQuotas }: Context,
  { payer, price }: Charge,
  next: () => Promise<T>,
): Promise<T> {
  const admission = await budgets.admit(payer, price);
  if (isWorthTelling(admission, { payer, price })) tellQuotas([admission.quota]);
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
 * A refusal says whose budget it was. Else the caller is told of their own alone, as a workspace's says what others do: with
 * each call that costs more than a plain read, and with every call once half of it is spent.
 */
function isWorthTelling({ leave, quota }: Admission, { payer, price }: Charge): boolean {
  if (leave === null) return true;
  return payer.scope === "account" && (price.points > 1 || quota.remaining < quota.points / 2);
}
