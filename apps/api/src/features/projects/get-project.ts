import { Failure } from "../../rpc/failures/failure.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toProject } from "./project.ts";

/** Returns a project. @throws Failure project.not_found */
export async function getProject(ws: ReadWs<"project:read">, { id }: { id: string }) {
  const project = await ws.db.project.findFirst({ where: { id } });
  if (!project) throw new Failure("project.not_found");
  return toProject(project);
}
