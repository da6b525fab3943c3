import { brokenConstraint } from "@projostack/db";
import { Failure } from "../../rpc/failures/failure.ts";

/**
 * Maps a violated foreign key to `project.not_found` and rethrows any other error. The foreign key includes the workspace,
 * so a project of another workspace gives the same failure as an absent one.
 */
export function rethrowMissingProject(error: unknown): never {
  if (brokenConstraint(error) === "tasks_workspace_id_project_id_fkey")
    throw new Failure("project.not_found");
  throw error;
}
