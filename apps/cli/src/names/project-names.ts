import { ProjoError } from "@projostack/sdk";
import type { WorkspaceClient } from "../server.ts";

const AT_ONCE = 8;

/**
 * The names of these projects by their ids, for people to read. One deleted meanwhile keeps its id, and so do all where a
 * service key may read tasks and no projects.
 */
export async function projectNames(
  workspace: WorkspaceClient,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const waiting = Array.from(new Set(ids));
  const work = async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      names.set(id, await nameOf(workspace, id));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
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
