import { ProjoError, type Project } from "@projostack/sdk";
import type { WorkspaceClient } from "../server.ts";
import { isId } from "./ids.ts";
import { pickNamed } from "./pick-named.ts";

/** The project with this id or exact name. */
export async function findProject(workspace: WorkspaceClient, idOrName: string): Promise<Project> {
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

async function projectWithId(workspace: WorkspaceClient, id: string): Promise<Project | undefined> {
  try {
    return await workspace.projects.get({ id });
  } catch (error) {
    if (error instanceof ProjoError && error.reason === "project.not_found") return undefined;
    throw error;
  }
}
