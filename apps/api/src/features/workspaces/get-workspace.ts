import { holds } from "@projostack/authz";
import { MAX_WORKSPACE_COUNT, type WorkspaceInclude } from "@projostack/contract";
import type { ReadWs } from "../../rpc/ws.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

interface GetWorkspace {
  readonly include?: readonly WorkspaceInclude[] | undefined;
}

/** Returns the requested workspace and the caller's role in it. */
export async function getWorkspace({ db, id, grant }: ReadWs<"workspace:read">, { include }: GetWorkspace) {
  const workspace = toOwnWorkspace(await db.workspace.findFirstOrThrow({ where: { id } }), grant.role);
  if (!include?.includes("counts")) return workspace;
  if (!holds(grant, "workspace:delete")) return { ...workspace, counts: null };
  const { members, projects, tasks, invites, serviceKeys } =
    await db.sql.workspaces.count(MAX_WORKSPACE_COUNT);
  return { ...workspace, counts: { members, projects, tasks, invites, serviceKeys } };
}
