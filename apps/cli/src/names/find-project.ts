import { ProjoError, type Project } from "@projostack/sdk";
import type { WorkspaceClient } from "../connection/server.ts";
import { isId } from "./ids.ts";
import { type Named, pickByName } from "./pick-by-name.ts";
import { withName } from "./with-name.ts";

/** Finds the project with this id or name. @throws CliError when there is none or more than one */
export async function findProject(workspace: WorkspaceClient, idOrName: string): Promise<Named> {
  const byId = isId(idOrName) ? await projectWithId(workspace, idOrName) : undefined;
  if (byId) return byId;
  return pickByName(await projectsNamed(workspace, idOrName), { noun: "project", name: idOrName });
}

/** Returns all projects with this name: several projects may share a name. */
export async function projectsNamed(workspace: WorkspaceClient, name: string): Promise<Project[]> {
  const found = await workspace.projects.list({ search: name.trim() }).all({ max: Infinity });
  return withName(found, name);
}

async function projectWithId(workspace: WorkspaceClient, id: string): Promise<Named | undefined> {
  try {
    return await workspace.projects.get({ id });
  } catch (error) {
    if (!(error instanceof ProjoError)) throw error;
    if (error.reason === "project.not_found") return undefined;
    // A service key may have task:write without project:read. Then use the id without a name.
    if (error.reason === "permission.denied") return { id, name: id };
    throw error;
  }
}
