import { ProjoError, type Project } from "@projostack/sdk";
import type { WorkspaceClient } from "../server.ts";
import { isId } from "./ids.ts";
import { type Named, pickNamed } from "./pick-named.ts";

/** The project with this id or exact name. */
export async function findProject(workspace: WorkspaceClient, idOrName: string): Promise<Named> {
  const byId = isId(idOrName) ? await projectWithId(workspace, idOrName) : undefined;
  if (byId) return byId;
  return pickNamed(await projectsNamed(workspace, idOrName), { noun: "project", name: idOrName });
}

/** All projects of exactly this name: there can be several. */
export async function projectsNamed(workspace: WorkspaceClient, name: string): Promise<Project[]> {
  const named: Project[] = [];
  for await (const project of workspace.projects.list({ limit: 100, search: name.trim() })) {
    if (project.name === name.trim()) named.push(project);
  }
  return named;
}

async function projectWithId(workspace: WorkspaceClient, id: string): Promise<Named | undefined> {
  try {
    return await workspace.projects.get({ id });
  } catch (error) {
    if (!(error instanceof ProjoError)) throw error;
    if (error.reason === "project.not_found") return undefined;
    // A service key may write tasks and read no projects: then the id is all there is to know.
    if (error.reason === "permission.denied") return { id, name: id };
    throw error;
  }
}
