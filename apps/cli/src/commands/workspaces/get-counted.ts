import { type CountedWorkspace, isReason } from "@projostack/sdk";
import type { Server, WorkspaceClient } from "../../connection/server.ts";
import { findWorkspace } from "../../names/find-workspace.ts";
import { readId } from "../../names/ids.ts";
import { countUpTo, joinWords } from "../count.ts";

/** The server counts no further. */
const upTo = countUpTo(10_000);

/** Returns a client of the named workspace, else of the selected one. @throws CliError */
export async function workspaceOf(server: Server, idOrName: string | undefined): Promise<WorkspaceClient> {
  if (idOrName === undefined) return server.workspace();
  const client = server.requireUser();
  const id = readId(idOrName) ?? (await findWorkspace(client, idOrName)).id;
  return client.workspace(id);
}

/** Returns a workspace with how much it contains. A server that is too old to count returns it without. */
export async function getCounted({ workspaces }: WorkspaceClient): Promise<CountedWorkspace> {
  try {
    return await workspaces.get({ include: ["counts"] });
  } catch (error) {
    if (!isReason(error, "input.invalid")) throw error;
    return workspaces.get();
  }
}

/** Returns how much a workspace contains in words, if the server returned it: `2 members, 1 project and 214 tasks`. */
export function contentOf({ counts }: CountedWorkspace): string | undefined {
  if (!counts) return undefined;
  const { members, projects, tasks, serviceKeys } = counts;
  return joinWords([
    upTo(members, "member"),
    upTo(projects, "project"),
    upTo(tasks, "task"),
    upTo(serviceKeys, "service key"),
  ]);
}
