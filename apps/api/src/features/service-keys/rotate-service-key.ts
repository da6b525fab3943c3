import type { ServiceKeyRow } from "@projostack/db";
import { formatServiceKey, protectSecret, newServiceSecret } from "../../identity/tokens/service-keys.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { checkAssignedRights } from "./check-assigned-rights.ts";
import { toServiceKey } from "./service-key.ts";

export interface RotateServiceKey {
  readonly id: string;
  readonly overlapHours: number;
  readonly expiresInDays?: number | undefined;
}

/**
 * Gives a service key a new token. Only this response contains the token. No token ends earlier than announced, unless the
 * overlap is 0, so the call can be repeated if its response is lost.
 * @throws Failure key.not_found, key.too_many, key.too_many_tokens, permission.denied
 */
export async function rotateServiceKey(
  ws: Ws<"key:manage">,
  { keys, randomness, quotas }: Services,
  { id, overlapHours, expiresInDays }: RotateServiceKey,
) {
  const plain = newServiceSecret(keys, randomness, id);
  const most = quotas.serviceKeys;
  const secret = protectSecret(keys, id, plain);
  const key = await ws.db.sql.serviceKeys.rotate({ id, secret, overlapHours, days: expiresInDays, most });
  if (!key) throw new Failure("key.not_found");
  if (key === "full") throw new Failure("key.too_many");
  if (key === "crowded") throw new Failure("key.too_many_tokens");
  // The holder of the new token gets all rights of the key. A failure rolls the rotation back.
  checkAssignedRights(ws.grant, key);
  ws.audit("key.rotated", { type: "key", id, after: { overlapHours, days: daysOf(key) } });
  return { ...toServiceKey(key), token: formatServiceKey(id, plain) };
}

const DAY_MS = 86_400_000;

/** The term of the new token, which the rotation takes from the newest token if the call names none. */
const daysOf = ({ expiresAt, rotatedAt }: ServiceKeyRow): number =>
  Math.round((expiresAt.getTime() - (rotatedAt ?? expiresAt).getTime()) / DAY_MS);
