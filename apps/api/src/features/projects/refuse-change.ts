import { Failure } from "../../rpc/failures/failure.ts";
import type { Ws } from "../../rpc/ws.ts";
import { toProject } from "./project.ts";

export interface VersionedProject {
  readonly id: string;
  readonly expectedVersion?: number | undefined;
}

/**
 * Fails for a project that a statement did not find with its version.
 * @throws Failure project.not_found, project.version_conflict
 */
export async function refuseChange(
  ws: Ws<"project:write"> | Ws<"project:delete">,
  { id, expectedVersion }: VersionedProject,
): Promise<never> {
  const project = expectedVersion === undefined ? null : await ws.db.project.findFirst({ where: { id } });
  if (!project) throw new Failure("project.not_found");
  throw Failure.ofChangedRow("project.version_conflict", ws.grant, toProject(project));
}
