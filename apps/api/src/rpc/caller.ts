import type { Membership } from "@projostack/authz";
import type { ServiceKeyRecord, SessionRecord } from "@projostack/db";
import type { Payer } from "../limits/budgets/budgets.ts";

/** A signed-in user. */
export interface Person extends SessionRecord {
  readonly kind: "person";
}

/** Another service, authenticated by a service key. */
export interface Service {
  readonly kind: "service";
  readonly key: ServiceKeyRecord;
}

/** The authenticated caller, with the state that the database has for this call. */
export type Caller = Person | Service;

/** The caller's membership of the requested workspace, or null when the caller is not a member. */
export function membershipOf(caller: Caller): Membership | null {
  if (caller.kind === "person") return caller.membership && { ...caller.membership, userId: caller.user.id };
  const { id, workspaceId, role, scopes, createdBy } = caller.key;
  return { workspaceId, userId: createdBy, role, key: { id, scopes } };
}

/** The account that rate limits count: the email address of a person, the id of a service key. */
export const accountOf = (caller: Caller): string =>
  caller.kind === "person" ? caller.user.email : `key:${caller.key.id}`;

/** The owner of a caller's idempotency keys. */
export const keyOwnerOf = (caller: Caller): `user:${string}` | `key:${string}` =>
  caller.kind === "person" ? `user:${caller.user.id}` : `key:${caller.key.id}`;

/** The account whose budget a call is charged to. */
export const payerOf = (caller: Caller): Payer => ({
  scope: "account",
  key: caller.kind === "person" ? `user:${caller.user.id}` : `key:${caller.key.id}`,
});
