import type { ReadWs } from "../../rpc/ws.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

/** The workspace of the request, and the caller's role in it. */
export async function getWorkspace({ db, id, grant }: ReadWs<"workspace:read">) {
  return toOwnWorkspace(await db.workspace.findUniqueOrThrow({ where: { id } }), grant.role);
}
