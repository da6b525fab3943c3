import { Failure } from "../../rpc/failures/failure.ts";
import { invalidFields } from "../../rpc/failures/invalid-input.ts";
import type { Ws } from "../../rpc/ws.ts";
import { readFingerprint } from "../workspace-data/read-fingerprint.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

export interface DeleteWorkspace {
  readonly name: string;
  /** The fingerprint that the workspace must still have. */
  readonly fingerprint?: string | undefined;
}

/**
 * Deletes the workspace. It can be restored for 30 days and is then purged.
 * @throws Failure input.invalid when the name does not match, workspace.changed
 */
export async function deleteWorkspace(ws: Ws<"workspace:delete">, { name, fingerprint }: DeleteWorkspace) {
  const workspace = await ws.db.sql.workspaces.delete(name);
  if (!workspace)
    throw invalidFields({ name: ["Is not the name of this workspace. Write its name exactly as it is."] });
  // From here on nobody else can write: the deletion has locked every membership and key.
  if (fingerprint !== undefined && (await readFingerprint(ws)).fingerprint !== fingerprint)
    throw new Failure("workspace.changed");
  ws.audit("workspace.deleted", { type: "workspace", id: ws.id, before: { name } });
  return toOwnWorkspace(workspace, ws.grant.role);
}
