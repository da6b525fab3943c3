import { projectsNamed } from "../names/find-project.ts";
import type { Named } from "../names/pick-by-name.ts";
import type { WorkspaceClient } from "../server.ts";

/** Returns the id of the project with this name, and creates it if needed; or the reason why the name is refused. */
export type ProjectIds = (name: string) => Promise<{ id: string } | { reason: string }>;

/** Looks up each name once. `known` is the project of the option --project. */
export function projectIds(workspace: WorkspaceClient, known: Named | undefined): ProjectIds {
  const resolved = new Map<string, Awaited<ReturnType<ProjectIds>>>();
  if (known) resolved.set(known.name, known);
  return async (name) => {
    const answer = resolved.get(name) ?? (await findOrCreate(workspace, name));
    resolved.set(name, answer);
    return answer;
  };
}

async function findOrCreate(workspace: WorkspaceClient, name: string) {
  const [first, ...others] = await projectsNamed(workspace, name);
  if (others.length > 0) {
    return { reason: `${others.length + 1} projects have this name. Rename all but one of them.` };
  }
  return { id: (first ?? (await workspace.projects.create({ name }))).id };
}
