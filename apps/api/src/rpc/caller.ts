import type { Membership } from "@projostack/authz";
import type { ServiceKeyRecord, SessionRecord } from "@projostack/db";
import type { Payer } from "../limits/budgets/budgets.ts";

/** Somebody signed in. */
export interface Person extends SessionRecord {
  readonly kind: "person";
}

/** Another service, by its key. */
export interface Service {
  readonly kind: "service";
  readonly key: ServiceKeyRecord;
}

/** Who calls, as the database knows them at this moment. */
export type Caller = Person | Service;

/** Their place in the workspace that the call is about; null where they have none. */
export function membershipOf(caller: Caller): Membership | null {
  if (caller.kind === "person") return caller.membership && { ...caller.membership, userId: caller.user.id };
  const { id, workspaceId, role, scopes, createdBy } = caller.key;
  return { workspaceId, userId: createdBy, role, key: { id, scopes } };
}

/** Whose tries are counted together: a person's by their address, a service's by its key. */
export const accountOf = (caller: Caller): string =>
  caller.kind === "person" ? caller.user.email : `key:${caller.key.id}`;

/** Whose budget a call is charged to. */
export const payerOf = (caller: Caller): Payer => ({
  scope: "account",
  key: caller.kind === "person" ? `user:${caller.user.id}` : `key:${caller.key.id}`,
});
