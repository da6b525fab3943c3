import type { ReadWs } from "../../rpc/ws.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

/** Returns the requested workspace and the caller's role in it. */
export async function getWorkspace({ db, id, grant }: ReadWs<"workspace:read">) {
  return toOwnWorkspace(await db.workspace.findUniqueOrThrow({ where: { id } }), grant.role);
}
