import { formatServiceKey, keepSecret, newServiceSecret } from "../../infra/service-keys.ts";
import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { checkGivenRights } from "./given-rights.ts";
import { toServiceKey } from "./service-key.ts";

export interface RotateServiceKey {
  readonly id: string;
  readonly overlapHours: number;
  readonly expiresInDays: number;
}

/** Gives a key another token, which is in this answer alone. @throws Failure key.not_found, permission.denied */
export async function rotateServiceKey(
  ws: Ws<"key:manage">,
  { keys, randomness }: Services,
  { id, overlapHours, expiresInDays: days }: RotateServiceKey,
) {
  const plain = newServiceSecret(keys, randomness, id);
  const key = await ws.db.serviceKeys.rotate({ id, secret: keepSecret(keys, id, plain), overlapHours, days });
  if (!key) throw new Failure("key.not_found");
  // Whoever is given the token can do what the key may. A refusal undoes the rotation.
  checkGivenRights(ws.grant, key);
  ws.audit("key.rotated", { type: "key", id, after: { overlapHours, days } });
  return { ...toServiceKey(key), token: formatServiceKey(id, plain) };
}
