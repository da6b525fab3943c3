import type { Ws } from "../../rpc/ws.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

/** Gives the workspace another name. */
export async function renameWorkspace(ws: Ws<"workspace:manage">, { name }: { name: string }) {
  const before = await ws.db.workspace.findUniqueOrThrow({ where: { id: ws.id } });
  const workspace = await ws.db.workspaces.rename(name);
  const target = { type: "workspace", id: ws.id } as const;
  ws.audit("workspace.renamed", { ...target, before: { name: before.name }, after: { name } });
  return toOwnWorkspace(workspace, ws.grant.role);
}
