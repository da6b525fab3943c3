import { Failure } from "../../rpc/failures/failure.ts";
import type { Ws } from "../../rpc/ws.ts";
import { toServiceKey } from "./service-key.ts";

/** Revokes a service key with immediate effect. @throws Failure key.not_found */
export async function revokeServiceKey(ws: Ws<"key:manage">, { id }: { id: string }) {
  const key = await ws.db.sql.serviceKeys.revoke(id);
  if (!key) throw new Failure("key.not_found");
  ws.audit("key.revoked", { type: "key", id, before: { name: key.name, role: key.role } });
  return toServiceKey(key);
}
