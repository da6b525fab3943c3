import type { Ws } from "../../rpc/ws.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

/** Renames the workspace and records an audit entry. */
export async function renameWorkspace(ws: Ws<"workspace:manage">, { name }: { name: string }) {
  const { nameBefore, ...workspace } = await ws.db.sql.workspaces.rename(name);
  ws.audit("workspace.renamed", {
    type: "workspace",
    id: ws.id,
    before: { name: nameBefore },
    after: { name },
  });
  return toOwnWorkspace(workspace, ws.grant.role);
}
