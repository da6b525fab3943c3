// Prefetches the rows of a hot read: the query is sent in the same round trip as the lookup of the caller. The database
// returns rows only to members whose role may read them. All checks of a call still run, in the same order, and the
// prefetched rows are discarded unless every check passes. Prefetching only saves the second query.
import { can, roles, type Permission, type Role } from "@projostack/authz";
import type { Kind, Operation } from "@projostack/contract";
import { type PrefetchRequest, type PreparedQuery, readPositionQuery } from "@projostack/db";
import type { z } from "zod";
import { checkInputStructure } from "./check-input-structure.ts";

/**
 * Creates the prefetch request of a call, or undefined when its input is invalid. Invalid input is rejected after
 * authentication.
 */
export type Prefetch = (getRawInput: () => Promise<unknown>) => Promise<PrefetchRequest | undefined>;

/** Prepares the query that the operation's function will run for the same input, or returns undefined. */
export type PrepareQuery<I extends z.ZodType> = (input: z.output<I>) => PreparedQuery<object> | undefined;

/** Prefetches the position of the primary that a replica must have reached to answer the call. */
export function prefetchPosition({ access }: Operation<Kind, Permission>): Prefetch {
  const request = { query: readPositionQuery, roles: readersOf(access) };
  return () => Promise.resolve(request);
}

const readersOf = (permission: Permission): Role[] => roles.filter((role) => can(role, permission));

export function createPrefetch<I extends z.ZodType>(
  { input, access }: Operation<"query" | "mutation", Permission, I>,
  prepareQuery: PrepareQuery<I>,
): Prefetch {
  const readers = readersOf(access);
  return async (getRawInput) => {
    const parsed = await parseInput(input, getRawInput);
    const query = parsed?.success ? prepareQuery(parsed.data) : undefined;
    // A search runs on a connection of its own, which the fair queue assigns once the workspace is authorized.
    return query && !query.isHeavy ? { query, roles: readers } : undefined;
  };
}

async function parseInput<I extends z.ZodType>(input: I, getRawInput: () => Promise<unknown>) {
  try {
    const raw = await getRawInput();
    checkInputStructure(raw);
    return input.safeParse(raw);
  } catch {
    // The call is rejected for the same reason later, after authentication.
    return null;
  }
}
