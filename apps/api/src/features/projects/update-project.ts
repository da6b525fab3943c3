import { Failure } from "../../rpc/failures/failure.ts";
import type { Ws } from "../../rpc/ws.ts";
import { toProject } from "./project.ts";

/** Renames a project. @throws Failure project.not_found */
export async function updateProject(ws: Ws<"project:write">, { id, name }: { id: string; name: string }) {
  const [project] = await ws.db.project.updateManyAndReturn({ where: { id }, data: { name } });
  if (!project) throw new Failure("project.not_found");
  return toProject(project);
}
