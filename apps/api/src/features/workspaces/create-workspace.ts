import type { TenantWrite } from "@projostack/db";
import type { Person } from "../../rpc/caller.ts";
import { originOf, withAudit } from "../../rpc/audit.ts";
import type { Context } from "../../rpc/context.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

/** Creates a workspace with the caller as its admin, in one transaction. */
export async function createWorkspace(ctx: Context, caller: Person, { name }: { name: string }) {
  const { db, randomness } = ctx.services;
  const id = randomness.newId();
  const founding = { id, name, founderId: caller.user.id, memberId: randomness.newId() };
  const found = (tables: TenantWrite, workspace: Parameters<typeof toOwnWorkspace>[0]) =>
    withAudit(originOf(ctx, caller, id), tables, async (audit) => {
      audit("workspace.created", { type: "workspace", id, after: { name } });
      return toOwnWorkspace(workspace, "admin");
    });
  return db.foundWorkspace(founding, found, ctx.once?.keyed());
}
