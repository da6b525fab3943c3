import { isMissingRow } from "@projostack/db";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { refuseChange, type VersionedProject } from "./refuse-change.ts";

/** Deletes a project and its tasks and records an audit entry. @throws Failure project.not_found, project.version_conflict */
export async function removeProject(
  ws: Ws<"project:delete">,
  { taskCapacity }: Services,
  { id, expectedVersion }: VersionedProject,
) {
  const deletedTasks = await ws.db.sql.projects.lockAndCountTasks(id);
  const where = {
    workspaceId_id: { workspaceId: ws.id, id },
    ...(expectedVersion === undefined ? {} : { version: expectedVersion }),
  };
  const project = await ws.db.project.delete({ where }).catch((error: unknown) => {
    if (isMissingRow(error)) return refuseChange(ws, { id, expectedVersion });
    throw error;
  });
  taskCapacity.noteDeletion(ws.id);
  ws.audit("project.deleted", { type: "project", id, before: { name: project.name } });
  return { id, deletedTasks };
}
