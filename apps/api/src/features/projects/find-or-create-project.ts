import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { createProject } from "./create-project.ts";
import { toProject } from "./project.ts";

/**
 * Returns the project with this name, and creates it if there is none. The transaction holds the lock on the workspace, so
 * a concurrent call with the same name waits and then finds the project. @throws Failure project.ambiguous, project.too_many
 */
export async function findOrCreateProject(
  ws: Ws<"project:write">,
  services: Services,
  { name }: { name: string },
) {
  const [found, another] = await ws.db.sql.projects.findNamed(name);
  if (another) throw new Failure("project.ambiguous");
  if (found) return { project: toProject(found), created: false };
  return { project: await createProject(ws, services, { name }), created: true };
}
