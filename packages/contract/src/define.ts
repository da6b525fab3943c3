// Operations are declared as values, so that the server, the reference, the SDK and the tests use the same list.
import type { Permission } from "@projostack/authz";
import type { z } from "zod";
import type { Records } from "./audit-actions.ts";
import type { Cost, CostOf } from "./cost.ts";
import type { Reason } from "./errors.ts";

/**
 * The callers that an operation accepts: anyone (`public`), any signed-in user (`session`), or the members of the
 * workspace that hold a permission. A service key counts as a member of its workspace, but not as a user.
 */
export type Access = "public" | "session" | Permission;

/** Returns the failure reasons that an access implies. Operations do not list them in `errors`. */
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
  /** What the operation does, in one to three sentences. The reference and the SDK's docstrings contain it. */
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  /** The cost of a call. It is charged to the budgets of the account and of the workspace. */
  readonly cost: Cost;
  /** The failure reasons in addition to those that the access and the input imply. */
  readonly errors: readonly Reason[];
  /** The audit action that a mutation records. A query records nothing. */
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

/** Declares an operation that changes nothing. Clients send it with HTTP GET. */
export function query<const A extends Access, I extends z.ZodType, O extends z.ZodType>(
  spec: Spec<A, I, O>,
): Operation<"query", A, I, O> {
  return { kind: "query", errors: [], records: { nothing: "it changes nothing" }, ...spec };
}

/** Declares an operation that changes data, or whose input must not appear in a URL. Clients send it with HTTP POST. */
export function mutation<const A extends Access, I extends z.ZodType, O extends z.ZodType>(
  spec: Spec<A, I, O> & { records: Records },
): Operation<"mutation", A, I, O> {
  return { kind: "mutation", errors: [], ...spec };
}
