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
  if (access === "session") return ["auth.unauthenticated", "auth.token_reused", "auth.person_required"];
  return [
    "auth.unauthenticated",
    "auth.token_reused",
    "workspace.required",
    "workspace.not_found",
    "permission.denied",
  ];
}

export type Kind = "query" | "mutation";

/**
 * What happens when a mutation is sent twice with the same idempotency key. `"replayed"`: the server runs it once, stores
 * the answer, and returns it again. `{ again }`: the server runs it again, and the text is the reason why that is harmless.
 */
export type Repetition = "replayed" | { readonly again: string };

export interface Operation<
  K extends Kind = Kind,
  A extends Access = Access,
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> {
  readonly kind: K;
  readonly access: A;
  /** What the operation does, in one sentence. Tables and the first line of docstrings contain it. */
  readonly summary: string;
  /**
   * What else happens: the result, mails, ended sessions and tokens, and effects on other members. The generators add who may
   * call it, its audit action and its errors.
   */
  readonly details: string;
  readonly input: I;
  readonly output: O;
  /** The answer in cookie mode, if it differs: the cookie takes the place of the tokens. */
  readonly cookieOutput?: z.ZodType;
  /** A call and its answer. A test runs it against a server; the reference and the docstrings show it. */
  readonly example: Example<I, O>;
  /** The cost of a call. It is charged to the budgets of the account and of the workspace. */
  readonly cost: Cost;
  /** The failure reasons in addition to those that the access and the input imply. */
  readonly errors: readonly Reason[];
  /** The audit action that a mutation records. A query records nothing. */
  readonly records: Records;
  /** What a second request with the same idempotency key does. A query is always answered again. */
  readonly repetition: Repetition;
  /**
   * Whether a standby of the database may answer the query. Its answer is as current as that of the primary. It is for lists of
   * rows that people read, never for rows by which the server grants access, limits or counts.
   */
  readonly mayReadReplica: boolean;
}

/** A valid input, and what the operation answers to it. Values of `sample.ts` stand for ids, addresses and tokens. */
export interface Example<I extends z.ZodType, O extends z.ZodType> {
  readonly input: z.input<I>;
  readonly output: z.output<O>;
}

interface Spec<A, I extends z.ZodType, O extends z.ZodType> {
  access: A;
  summary: string;
  details: string;
  input: I;
  output: O;
  cookieOutput?: z.ZodType;
  example: Example<NoInfer<I>, NoInfer<O>>;
  cost: CostOf<I>;
  errors?: readonly Reason[];
}

/** Declares an operation that changes nothing. Clients send it with HTTP GET. */
export function query<const A extends Access, I extends z.ZodType, O extends z.ZodType>(
  spec: Spec<A, I, O> & { mayReadReplica?: A extends Permission ? boolean : false },
): Operation<"query", A, I, O> {
  const nothing = { records: { nothing: "it changes nothing" }, repetition: { again: "it changes nothing" } };
  return { kind: "query", errors: [], mayReadReplica: false, ...nothing, ...spec };
}

/** Declares an operation that changes data, or whose input must not appear in a URL. Clients send it with HTTP POST. */
export function mutation<const A extends Access, I extends z.ZodType, O extends z.ZodType>(
  spec: Spec<A, I, O> & { records: Records; repetition: Repetition },
): Operation<"mutation", A, I, O> {
  return { kind: "mutation", errors: [], mayReadReplica: false, ...spec };
}
