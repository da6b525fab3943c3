import { createCursors, type Page } from "../../rpc/cursors.ts";
import type { Services } from "../../rpc/services.ts";
import { toOwnWorkspace } from "./own-workspace.ts";
import { roleOf } from "./role-of.ts";

/** The workspaces that the person is a member of, newest first. @throws Failure cursor.invalid */
export async function listWorkspaces({ db, keys }: Services, userId: string, input: Page) {
  const cursors = createCursors(keys, { owner: userId, operation: "workspaces.list" });
  const after = cursors.after(input);
  const memberships = await db.readPerson(userId, ({ workspaceMember }) =>
    workspaceMember.findMany({
      where: { userId, ...(after === undefined ? {} : { workspaceId: { lt: after } }) },
      orderBy: { workspaceId: "desc" },
      take: input.limit + 1,
      include: { workspace: true },
    }),
  );
  const items = memberships.map(({ workspace, role }) => toOwnWorkspace(workspace, roleOf(role)));
  return cursors.page(input, items);
}
