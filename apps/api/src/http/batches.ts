// The bounds of a batch. Long operations are not batched: a batch of ten would run as one unit of work, although the budget
// admits each long operation by itself.
import { operations } from "@projostack/contract";
import { Failure } from "../rpc/failure.ts";

/** The most calls that one request may carry. */
export const MAX_BATCH_CALLS = 10;

const longOperations: ReadonlySet<string> = new Set(
  operations.filter(({ operation: { cost } }) => cost.batch === false).map(({ name }) => name),
);

/** Whether the calls of one request are several, and one of them is of a long operation. */
export const isRefusedBatch = (names: readonly string[]): boolean =>
  names.length > 1 && names.some((name) => longOperations.has(name));

/**
 * Refuses a batch with a long operation in it, before any of its calls runs.
 * @param path the names of a batch, separated by commas
 * @throws Failure batch.not_allowed
 */
export function refuseLongBatch(path: string, url: string): void {
  if (!path.includes(",") || !isRefusedBatch(path.split(","))) return;
  const start = url.indexOf("?");
  const query = new URLSearchParams(start === -1 ? "" : url.slice(start));
  // As tRPC's adapter tells a batch from a call of an operation that there is not.
  if (query.get("batch") === "1") throw new Failure("batch.not_allowed");
}
