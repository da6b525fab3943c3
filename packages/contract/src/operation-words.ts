// Sentences about an operation that follow from its declaration. The reference, the docstrings of the SDK and the OpenAPI
// document contain them.
import { can, policy, roles } from "@projostack/authz";
import { accountActions } from "./audit-actions.ts";
import { impliedReasons, type Access, type Operation } from "./define.ts";
import { commonReasons, type Reason } from "./errors.ts";

/** Says who can call an operation, in one or two sentences. */
export function accessSentence(access: Access): string {
  if (access === "public") return "Anyone can call it. It needs no token.";
  if (access === "session") return "Requires a signed-in user. A service key cannot call it.";
  const allowed = roles.filter((role) => can(role, access));
  const isForKeysOnly = policy[access] === "key";
  return isForKeysOnly
    ? `Requires a service key with the scope \`${access}\`. Users cannot call it.`
    : `Requires the permission \`${access}\`: ${inWords(allowed)}, or a service key with this scope.`;
}

/** Says what the audit log contains after a successful call. A query records nothing. */
export function auditSentence({ kind, records }: Pick<Operation, "kind" | "records">): string | null {
  if (kind === "query") return null;
  if (typeof records !== "string") return "Records no audit entry.";
  return accountActions.some((action) => action === records)
    ? `Records the event \`${records}\` of the account.`
    : `Records the audit entry \`${records}\`.`;
}

/** Says what a second call with the same idempotency key does. A query changes nothing in any case. */
export function repetitionSentence({
  kind,
  repetition,
}: Pick<Operation, "kind" | "repetition">): string | null {
  if (kind === "query") return null;
  return repetition === "replayed"
    ? "Repeating the call with the same idempotency key returns the same answer."
    : `Repeating the call runs it again, which is harmless: ${repetition.again}.`;
}

/** Reasons of a failure that have one kind of cause. */
export interface ReasonGroup {
  /** What these failures concern, as the beginning of a list. */
  readonly about: string;
  readonly reasons: readonly Reason[];
}

/** All reasons for which a call of an operation can fail, in groups. No group is empty. */
export function reasonGroups({
  kind,
  access,
  errors,
}: Pick<Operation, "kind" | "access" | "errors">): ReasonGroup[] {
  const groups: ReasonGroup[] = [
    { about: "this operation", reasons: errors },
    { about: "the caller", reasons: impliedReasons(access) },
    { about: "the input", reasons: commonReasonsAbout("input") },
    { about: "the idempotency key", reasons: kind === "query" ? [] : keyReasons },
    { about: "limits and the state of the server", reasons: commonReasonsAbout("limit", "server") },
  ];
  const grouped = new Set([...keyReasons, ...groups.flatMap(({ reasons }) => reasons)]);
  // All others concern the HTTP request. A program that uses the SDK rarely sees them.
  const others = commonReasons.filter((reason) => !grouped.has(reason));
  return [...groups, { about: "the HTTP request", reasons: others }].filter(
    ({ reasons }) => reasons.length > 0,
  );
}

function commonReasonsAbout(...prefixes: readonly string[]): Reason[] {
  return commonReasons.filter((reason) => prefixes.some((prefix) => reason.startsWith(`${prefix}.`)));
}

/** Only mutations have a key. */
const keyReasons = commonReasonsAbout("idempotency");

/** "viewer, member or admin" */
function inWords(names: readonly string[]): string {
  const [last = "", ...before] = names.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(", ")} or ${last}`;
}
