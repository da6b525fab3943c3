// A hot read's question is asked in one trip with who asks, and so before that is known. The database answers it to members
// who may read, and the answer is let go of unless everything that is checked of a call says that they may have it: the same
// checks, in the same order, as without. What is asked ahead is only ever not asked again.
import { can, roles, type Permission } from "@projostack/authz";
import type { Operation } from "@projostack/contract";
import type { PrefetchRequest, PreparedQuery } from "@projostack/db";
import type { z } from "zod";
import { checkInputStructure } from "./check-input-structure.ts";

/** What to ask ahead for a call, or nothing where its input is not right: whoever sent it is told so in their turn. */
export type Prefetch = (getRawInput: () => Promise<unknown>) => Promise<PrefetchRequest | undefined>;

/** The question that an operation's function will ask of the same input, or nothing. */
export type PrepareQuery<I extends z.ZodType> = (input: z.output<I>) => PreparedQuery<object> | undefined;

export function createPrefetch<I extends z.ZodType>(
  { input, access }: Operation<"query" | "mutation", Permission, I>,
  queryOf: PrepareQuery<I>,
): Prefetch {
  const readers = roles.filter((role) => can(role, access));
  return async (getRawInput) => {
    const parsed = await parseInput(input, getRawInput);
    const query = parsed?.success ? queryOf(parsed.data) : undefined;
    // A search has a connection to itself, which is handed out in turn to the workspace that it is known to be for.
    return query && !query.isHeavy ? { query, roles: readers } : undefined;
  };
}

async function parseInput<I extends z.ZodType>(input: I, getRawInput: () => Promise<unknown>) {
  try {
    const raw = await getRawInput();
    checkInputStructure(raw);
    return input.safeParse(raw);
  } catch {
    // It is refused for the same reason when its turn comes, after the caller was asked who they are.
    return null;
  }
}
