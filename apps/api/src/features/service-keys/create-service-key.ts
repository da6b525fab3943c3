import { formatServiceKey, protectSecret, newServiceSecret } from "../../identity/tokens/service-keys.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import type { WorkspaceContext } from "../../rpc/procedures.ts";
import { checkInviter } from "../invites/check-inviter.ts";
import { checkAssignedRights, checkScopes, type Rights } from "./check-assigned-rights.ts";
import { toServiceKey } from "./service-key.ts";

export interface CreateServiceKey extends Rights {
  readonly name: string;
  readonly expiresInDays: number;
}

/**
 * Creates a service key. Only this response contains its token.
 * @throws Failure input.invalid, permission.denied, auth.email_unverified, key.too_many
 */
export async function createServiceKey(
  { ws, services, caller }: WorkspaceContext<"mutation", "key:manage">,
  { name, role, scopes: requestedScopes, expiresInDays: days }: CreateServiceKey,
) {
  const { keys, randomness, quotas } = services;
  const scopes = [...new Set(requestedScopes)].toSorted();
  checkScopes({ role, scopes });
  checkAssignedRights(ws.grant, { role, scopes });
  if (scopes.includes("invite:manage")) checkInviter(services, caller);
  const id = ws.newId();
  const plain = newServiceSecret(keys, randomness, id);
  const secret = protectSecret(keys, id, plain);
  const createdBy = ws.grant.userId;
  const key = await ws.db.sql.serviceKeys.insert({
    id,
    name,
    role,
    scopes,
    secret,
    createdBy,
    days,
    most: quotas.serviceKeys,
  });
  if (!key) throw new Failure("key.too_many");
  ws.audit("key.created", { type: "key", id, after: { name, role, scopes: scopes.join(" "), days } });
  return { ...toServiceKey(key), token: formatServiceKey(id, plain) };
}
