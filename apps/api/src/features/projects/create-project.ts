import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { toProject } from "./project.ts";

/** Creates a project. @throws Failure project.too_many */
export async function createProject(
  ws: Ws<"project:write">,
  { quotas }: Services,
  { name }: { name: string },
) {
  const createdBy = ws.grant.userId;
  const project = await ws.db.sql.projects.insert({ id: ws.newId(), name, createdBy, most: quotas.projects });
  if (!project) throw new Failure("project.too_many");
  return toProject(project);
}
