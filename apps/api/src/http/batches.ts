// The limits of a batch. Long operations cannot be batched: a batch of ten would run as one unit of work, although the
// budget admits each long operation separately.
import { operations } from "@projostack/contract";
import { Failure } from "../rpc/failures/failure.ts";

/** The most calls that one request may carry. */
export const MAX_BATCH_CALLS = 10;

const longOperations: ReadonlySet<string> = new Set(
  operations.filter(({ operation: { cost } }) => cost.batch === false).map(({ name }) => name),
);

const kinds: ReadonlyMap<string, string> = new Map(
  operations.map(({ name, operation }) => [name, operation.kind]),
);

/** Whether the calls form a batch of two or more that contains a long operation. */
export const isRefusedBatch = (names: readonly string[]): boolean =>
  names.length > 1 && names.some((name) => longOperations.has(name));

/**
 * Refuses a batch that has too many calls, contains a long operation, or mixes queries and mutations, before any of its calls
 * runs.
 * @param path the names of a batch, separated by commas
 * @throws Failure batch.too_large, batch.not_allowed, batch.mixed
 */
export function refuseBatch(path: string, url: string): void {
  if (!path.includes(",")) return;
  const start = url.indexOf("?");
  const query = new URLSearchParams(start === -1 ? "" : url.slice(start));
  // tRPC's adapter uses the same parameter to distinguish a batch from a call to an unknown operation.
  if (query.get("batch") !== "1") return;
  const names = path.split(",");
  if (names.length > MAX_BATCH_CALLS) throw new Failure("batch.too_large");
  if (isRefusedBatch(names)) throw new Failure("batch.not_allowed");
  const sent = new Set(names.map((name) => kinds.get(name)));
  if (sent.has("query") && sent.has("mutation")) throw new Failure("batch.mixed");
}
