import type { Ws } from "../../rpc/ws.ts";
import { toProject } from "./project.ts";
import { refuseChange, type VersionedProject } from "./refuse-change.ts";

/** Renames a project. @throws Failure project.not_found, project.version_conflict */
export async function updateProject(
  ws: Ws<"project:write">,
  { id, name, expectedVersion }: VersionedProject & { readonly name: string },
) {
  const where = { id, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) };
  const [project] = await ws.db.project.updateManyAndReturn({ where, data: { name } });
  if (!project) return refuseChange(ws, { id, expectedVersion });
  return toProject(project);
}
