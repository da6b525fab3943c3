import { projectsNamed } from "../names/find-project.ts";
import type { Named } from "../names/pick-named.ts";
import type { WorkspaceClient } from "../server.ts";

/** The id of the project with this name, made when there is none; or the reason why a row cannot name it so. */
export type ProjectIds = (name: string) => Promise<{ id: string } | { reason: string }>;

/** Asks once for each name. `known` is the project that was named on the command line. */
export function projectIds(workspace: WorkspaceClient, known: Named | undefined): ProjectIds {
  const asked = new Map<string, Awaited<ReturnType<ProjectIds>>>();
  if (known) asked.set(known.name, known);
  return async (name) => {
    const answer = asked.get(name) ?? (await findOrMake(workspace, name));
    asked.set(name, answer);
    return answer;
  };
}

async function findOrMake(workspace: WorkspaceClient, name: string) {
  const [first, ...others] = await projectsNamed(workspace, name);
  if (others.length > 0) {
    return { reason: `${others.length + 1} projects have this name. Rename all but one of them.` };
  }
  return { id: (first ?? (await workspace.projects.create({ name }))).id };
}
