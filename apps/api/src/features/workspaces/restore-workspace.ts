import { authorize } from "@projostack/authz";
import { originOf } from "../../rpc/audit.ts";
import type { Person } from "../../rpc/caller.ts";
import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { runInWorkspace, type Ws } from "../../rpc/ws.ts";
import { findMembership } from "./find-membership.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

/** Restores a deleted workspace and its memberships. @throws Failure workspace.not_found, permission.denied */
export async function restoreWorkspace(
  ctx: Context,
  caller: Person,
  { workspaceId }: { workspaceId: string },
) {
  const { db } = ctx.services;
  const membership = await findMembership(ctx.services, {
    userId: caller.user.id,
    workspaceId,
    deleted: true,
  });
  const grant = authorize(membership, "workspace:delete");
  const origin = originOf(ctx, caller, grant.workspaceId);
  return db.write(grant, (tables) => runInWorkspace(grant, origin, tables, restore), {
    lockMembers: true,
    deleted: true,
    keyed: ctx.once?.keyed(),
  });
}

async function restore(ws: Ws<"workspace:delete">) {
  const workspace = await ws.db.sql.workspaces.restore();
  if (!workspace) throw new Failure("workspace.not_found");
  ws.audit("workspace.restored", { type: "workspace", id: ws.id });
  return toOwnWorkspace(workspace, ws.grant.role);
}
