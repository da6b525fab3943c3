import { isMissingRow } from "@projostack/db";
import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";

/** Deletes a project and its tasks and records an audit entry. @throws Failure project.not_found */
export async function removeProject(
  ws: Ws<"project:delete">,
  { taskCapacity }: Services,
  { id }: { id: string },
) {
  const key = { workspaceId_id: { workspaceId: ws.id, id } };
  const project = await ws.db.project.delete({ where: key }).catch((error: unknown) => {
    throw isMissingRow(error) ? new Failure("project.not_found") : error;
  });
  taskCapacity.noteDeletion(ws.id);
  ws.audit("project.deleted", { type: "project", id, before: { name: project.name } });
  return { id };
}
