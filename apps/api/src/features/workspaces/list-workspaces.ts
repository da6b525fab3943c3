import { can, roles } from "@projostack/authz";
import { createCursors, type Page } from "../../rpc/cursors.ts";
import type { Services } from "../../rpc/services.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

export interface ListWorkspaces extends Page {
  readonly deleted: boolean;
}

const restoringRoles = roles.filter((role) => can(role, "workspace:delete"));

/**
 * Lists the user's workspaces, or the deleted ones that the user may restore, newest first.
 * @throws Failure cursor.invalid
 */
export async function listWorkspaces({ db, keys }: Services, userId: string, input: ListWorkspaces) {
  const cursors = createCursors(keys, { owner: userId, operation: "workspaces.list" });
  const page = { after: cursors.after(input), limit: input.limit + 1 };
  const found = await db.readPerson(userId, ({ workspaces }) =>
    input.deleted ? workspaces.listDeleted({ ...page, restoringRoles }) : workspaces.list(page),
  );
  const items = found.map(({ role, ...workspace }) => toOwnWorkspace(workspace, role));
  return cursors.page(input, items);
}
