import { invalidFields } from "../../rpc/failures/invalid-input.ts";
import type { Ws } from "../../rpc/ws.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

/**
 * Deletes the workspace. It can be restored for 30 days and is then purged.
 * @throws Failure input.invalid when the name does not match
 */
export async function deleteWorkspace(ws: Ws<"workspace:delete">, { name }: { name: string }) {
  const workspace = await ws.db.sql.workspaces.delete(name);
  if (!workspace)
    throw invalidFields({ name: ["Is not the name of this workspace. Write its name exactly as it is."] });
  ws.audit("workspace.deleted", { type: "workspace", id: ws.id, before: { name } });
  return toOwnWorkspace(workspace, ws.grant.role);
}
