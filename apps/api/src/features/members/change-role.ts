import type { Role } from "@projostack/authz";
import { Failure } from "../../rpc/failure.ts";
import type { Ws } from "../../rpc/ws.ts";
import { toMember } from "./member.ts";

export interface ChangeRole {
  readonly userId: string;
  readonly role: Role;
}

/** Changes the role of a member. @throws Failure member.not_found, member.last_admin */
export async function changeRole(ws: Ws<"member:manage">, { userId, role }: ChangeRole) {
  const change = await ws.db.sql.members.changeRole(userId, role);
  if (!change) throw new Failure("member.not_found");
  if (!change.done) throw new Failure("member.last_admin");
  const { member, before, endedInvites } = change;
  if (before !== role) {
    ws.audit("member.role_changed", {
      type: "member",
      id: userId,
      before: { role: before },
      after: { role, endedInvites: endedInvites.length },
    });
  }
  return toMember(member);
}
