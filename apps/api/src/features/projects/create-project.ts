import type { Ws } from "../../rpc/ws.ts";
import { toProject } from "./project.ts";

/** Makes a project. */
export async function createProject(ws: Ws<"project:write">, { name }: { name: string }) {
  const data = { id: ws.newId(), workspaceId: ws.id, name, createdBy: ws.grant.userId };
  return toProject(await ws.db.project.create({ data }));
}
