import { ProjoError } from "@projostack/sdk";
import type { WorkspaceClient } from "../connection/server.ts";

const CONCURRENCY = 8;

/**
 * Returns the names of the projects by id. The name is the id when the project was deleted meanwhile, or when a service
 * key has no project:read.
 */
export async function projectNames(
  workspace: WorkspaceClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const pending = Array.from(new Set(ids));
  const work = async () => {
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      names.set(id, await nameOf(workspace, id));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return names;
}

async function nameOf(workspace: WorkspaceClient, id: string): Promise<string> {
  try {
    return (await workspace.projects.get({ id })).name;
  } catch (error) {
    if (error instanceof ProjoError && nameless.has(error.reason)) return id;
    throw error;
  }
}

const nameless: ReadonlySet<string | undefined> = new Set(["project.not_found", "permission.denied"]);
