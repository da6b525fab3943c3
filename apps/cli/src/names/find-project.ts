import { ProjoError, type Project } from "@projostack/sdk";
import type { WorkspaceClient } from "../connection/server.ts";
import { readId, readIdPrefix, withIdPrefix } from "./ids.ts";
import type { Named } from "./named.ts";
import { pickByName, pickByPrefix } from "./pick-by-name.ts";
import { withName } from "./with-name.ts";

/** Finds the project with this id or name, or with this beginning of its id. @throws CliError when there is none or more than one */
export async function findProject(workspace: WorkspaceClient, text: string): Promise<Named> {
  const id = readId(text);
  const byId = id === undefined ? undefined : await projectWithId(workspace, id);
  return byId ?? findByName(workspace, text);
}

/** The same as `findProject`, but returns a whole id without a request: the server checks it. */
export async function findProjectId(
  workspace: WorkspaceClient,
  text: string,
): Promise<Partial<Named> & { id: string }> {
  const id = readId(text);
  return id === undefined ? findByName(workspace, text) : { id };
}

async function findByName(workspace: WorkspaceClient, text: string): Promise<Named> {
  const named = await projectsNamed(workspace, text);
  if (named.length > 0) return pickByName(named, { noun: "project", name: text });
  const list = workspace.projects.list({ limit: 100 });
  // For the beginning of an id, all are needed. The newest are enough to find a similar name.
  const others = readIdPrefix(text) === undefined ? (await list).items : await list.all({ max: Infinity });
  const lookup = { noun: "project", name: text, names: others.map(({ name }) => name) };
  return pickByPrefix(withIdPrefix(others, text), lookup);
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
