import { Failure } from "../../rpc/failures/failure.ts";
import type { Ws } from "../../rpc/ws.ts";
import { toInvite } from "./invite.ts";

/** Revokes a pending invite. @throws Failure invite.not_found */
export async function revokeInvite(ws: Ws<"invite:manage">, { id }: { id: string }) {
  const invite = await ws.db.sql.invites.revoke(id);
  if (!invite) throw new Failure("invite.not_found");
  const { email, role } = invite;
  ws.audit("invite.revoked", { type: "invite", id, before: { role }, email });
  return toInvite(invite);
}
