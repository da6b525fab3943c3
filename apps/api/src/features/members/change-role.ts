import type { Role } from "@projostack/authz";
import { Failure } from "../../rpc/failures/failure.ts";
import type { WorkspaceContext } from "../../rpc/procedures.ts";
import { isAnother } from "./is-another.ts";
import { toMember } from "./member.ts";

export interface ChangeRole {
  readonly userId: string;
  readonly role: Role;
}

/** Changes the role of a member. @throws Failure member.not_found, member.last_admin */
export async function changeRole(
  { ws, services }: WorkspaceContext<"mutation", "member:manage">,
  { userId, role }: ChangeRole,
) {
  const isNotified = services.notices.roleChanged && isAnother(ws.grant, userId);
  const change = await ws.db.sql.members.changeRole({ userId, role, isNotified });
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
