import { formatServiceKey, protectSecret, newServiceSecret } from "../../identity/tokens/service-keys.ts";
import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { checkAssignedRights } from "./check-assigned-rights.ts";
import { toServiceKey } from "./service-key.ts";

export interface RotateServiceKey {
  readonly id: string;
  readonly overlapHours: number;
  readonly expiresInDays: number;
}

/**
 * Gives a service key a new token. Only this response contains the token.
 * @throws Failure key.not_found, key.too_many, permission.denied
 */
export async function rotateServiceKey(
  ws: Ws<"key:manage">,
  { keys, randomness, quotas }: Services,
  { id, overlapHours, expiresInDays: days }: RotateServiceKey,
) {
  const plain = newServiceSecret(keys, randomness, id);
  const most = quotas.serviceKeys;
  const secret = protectSecret(keys, id, plain);
  const key = await ws.db.sql.serviceKeys.rotate({ id, secret, overlapHours, days, most });
  if (!key) throw new Failure("key.not_found");
  if (key === "full") throw new Failure("key.too_many");
  // The holder of the new token gets all rights of the key. A failure rolls the rotation back.
  checkAssignedRights(ws.grant, key);
  ws.audit("key.rotated", { type: "key", id, after: { overlapHours, days } });
  return { ...toServiceKey(key), token: formatServiceKey(id, plain) };
}
