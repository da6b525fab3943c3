import { holds } from "@projostack/authz";
import { MAX_TASK_COUNT, type ProjectInclude } from "@projostack/contract";
import { Failure } from "../../rpc/failures/failure.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toProject } from "./project.ts";

export interface GetProject {
  readonly id: string;
  readonly include?: readonly ProjectInclude[] | undefined;
}

/** Returns a project. @throws Failure project.not_found */
export async function getProject(ws: ReadWs<"project:read">, { id, include }: GetProject) {
  const project = await ws.db.project.findFirst({ where: { id } });
  if (!project) throw new Failure("project.not_found");
  if (!include?.includes("taskCount")) return toProject(project);
  // A service key may read projects without the permission to read tasks.
  const mayCount = holds(ws.grant, "task:read");
  const taskCount = mayCount ? await ws.db.sql.projects.countTasks(id, MAX_TASK_COUNT) : null;
  return { ...toProject(project), taskCount };
}
