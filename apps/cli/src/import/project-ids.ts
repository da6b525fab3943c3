import { ProjoError } from "@projostack/sdk";
import { projectsNamed } from "../names/find-project.ts";
import type { Named } from "../names/named.ts";
import type { WorkspaceClient } from "../connection/server.ts";

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

/** Searches first: a service key without project:write may import into existing projects. */
async function findOrCreate(workspace: WorkspaceClient, name: string) {
  const [first, ...others] = await projectsNamed(workspace, name);
  if (others.length > 0) return { reason: ambiguous(String(others.length + 1)) };
  if (first) return { id: first.id };
  try {
    // Another import may create the project at this moment. The server then returns that one.
    // The caller repeats this function after a temporary failure.
    return { id: (await workspace.projects.findOrCreate({ name }, { maxRetries: 0 })).project.id };
  } catch (error) {
    const [refusal] = (error instanceof ProjoError && error.fieldErrors?.["name"]) || [];
    if (refusal !== undefined) return { reason: refusal };
    if (error instanceof ProjoError && error.reason === "project.ambiguous")
      return { reason: ambiguous("Several") };
    throw error;
  }
}

const ambiguous = (count: string): string => `${count} projects have this name. Rename all but one of them.`;
