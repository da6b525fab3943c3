import { brokenConstraint } from "@projostack/db";
import { Failure } from "../../rpc/failure.ts";

/**
 * The database has the last word on whether a task's project is there: its key carries the workspace, so
 * another workspace's project is as missing as one that never was.
 */
export function rethrowMissingProject(error: unknown): never {
  if (brokenConstraint(error) === "tasks_workspace_id_project_id_fkey")
    throw new Failure("project.not_found");
  throw error;
}
