import { formatServiceKey, keepSecret, newServiceSecret } from "../../infra/service-keys.ts";
import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { checkGivenRights, checkScopes, type Rights } from "./given-rights.ts";
import { toServiceKey } from "./service-key.ts";

export interface CreateServiceKey extends Rights {
  readonly name: string;
  readonly expiresInDays: number;
}

/** More keys than this nobody minds any more. */
const MOST_ACTIVE = 100;

/** Makes a key, whose token is in this answer alone. @throws Failure input.invalid, permission.denied, key.too_many */
export async function createServiceKey(
  ws: Ws<"key:manage">,
  { keys, randomness }: Services,
  { name, role, scopes: asked, expiresInDays: days }: CreateServiceKey,
) {
  const scopes = [...new Set(asked)].toSorted();
  checkScopes({ role, scopes });
  checkGivenRights(ws.grant, { role, scopes });
  const id = ws.newId();
  const plain = newServiceSecret(keys, randomness, id);
  const secret = keepSecret(keys, id, plain);
  const createdBy = ws.grant.userId;
  const key = await ws.db.serviceKeys.insert({
    id,
    name,
    role,
    scopes,
    secret,
    createdBy,
    days,
    most: MOST_ACTIVE,
  });
  if (!key) throw new Failure("key.too_many");
  ws.audit("key.created", { type: "key", id, after: { name, role, scopes: scopes.join(" "), days } });
  return { ...toServiceKey(key), token: formatServiceKey(id, plain) };
}
