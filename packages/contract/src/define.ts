// Operations are values, so that the server, the documents, the SDK's types and the tests walk one list.
import type { Permission } from "@projostack/authz";
import type { z } from "zod";
import type { Records } from "./audit-actions.ts";
import type { Cost, CostOf } from "./cost.ts";
import type { Reason } from "./errors.ts";

/**
 * Who may call: anyone, any person signed in, or a member of the workspace who holds the permission. A service key is a
 * member of its own workspace, and no person.
 */
export type Access = "public" | "session" | Permission;

/** The reasons that an access implies, and that an operation therefore does not list. */
export function impliedReasons(access: Access): readonly Reason[] {
  if (access === "public") return [];
  if (access === "session") return ["auth.unauthenticated", "auth.person_required"];
  return ["auth.unauthenticated", "workspace.required", "workspace.not_found", "permission.denied"];
}

export type Kind = "query" | "mutation";

export interface Operation<
  K extends Kind = Kind,
  A extends Access = Access,
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> {
  readonly kind: K;
  readonly access: A;
  /** One sentence for people who read the reference. */
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  /** What a call costs: it is charged to the budgets of its account and its workspace. */
  readonly cost: Cost;
  /** The reasons it may fail for, beside those that its access and its input imply. */
  readonly errors: readonly Reason[];
  /** What a mutation puts on record; of a query nothing. */
  readonly records: Records;
}

interface Spec<A, I extends z.ZodType, O> {
  access: A;
  summary: string;
  input: I;
  output: O;
  cost: CostOf<I>;
  errors?: readonly Reason[];
}

/** An operation that changes nothing: an HTTP GET. */
export function query<const A extends Access, I extends z.ZodType, O extends z.ZodType>(
  spec: Spec<A, I, O>,
): Operation<"query", A, I, O> {
  return { kind: "query", errors: [], records: { nothing: "it changes nothing" }, ...spec };
}

/** An operation that changes something: an HTTP POST. */
export function mutation<const A extends Access, I extends z.ZodType, O extends z.ZodType>(
  spec: Spec<A, I, O> & { records: Records },
): Operation<"mutation", A, I, O> {
  return { kind: "mutation", errors: [], ...spec };
}
