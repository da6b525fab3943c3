import { RESTORABLE_DAYS } from "@projostack/db";
import { createCursors, type Page } from "../../rpc/cursors.ts";
import type { Services } from "../../rpc/services.ts";
import { toOwnWorkspace } from "./own-workspace.ts";
import { roleOf } from "./role-of.ts";

export interface ListWorkspaces extends Page {
  readonly deleted: boolean;
}

/** The workspaces of the person, or those they may restore, newest first. @throws Failure cursor.invalid */
export async function listWorkspaces({ db, keys, clock }: Services, userId: string, input: ListWorkspaces) {
  const cursors = createCursors(keys, { owner: userId, operation: "workspaces.list" });
  const after = cursors.after(input);
  const since = new Date(clock.now().getTime() - RESTORABLE_DAYS * 24 * 60 * 60 * 1000);
  const memberships = await db.readPerson(userId, ({ workspaceMember }) =>
    workspaceMember.findMany({
      where: {
        userId,
        ...(after === undefined ? {} : { workspaceId: { lt: after } }),
        ...(input.deleted ? { role: "admin", workspace: { deletedAt: { gt: since } } } : { lockedAt: null }),
      },
      orderBy: { workspaceId: "desc" },
      take: input.limit + 1,
      include: { workspace: true },
    }),
  );
  const items = memberships.map(({ workspace, role }) => toOwnWorkspace(workspace, roleOf(role)));
  return cursors.page(input, items);
}
