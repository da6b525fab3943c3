// The workspaces of the deployment for operators: names, times and numbers of rows, and no content of a workspace. A deletion
// and a restoration are recorded in the audit log of the workspace, as acts of the system.
import { authorize } from "@projostack/authz";
import type { Db, OperatorWorkspace, WorkspaceAdmin, WorkspaceCounts } from "@projostack/db";
import { systemRandomness } from "../runtime/randomness.ts";
import { CommandRefused } from "./command-refused.ts";

export interface WorkspaceSummary extends OperatorWorkspace {
  readonly members: number;
  /** At most `MAX_COUNTED`. */
  readonly tasks: number;
}

export interface WorkspaceDetails extends OperatorWorkspace, WorkspaceCounts {
  /** The members who can act for the workspace. */
  readonly admins: readonly WorkspaceAdmin[];
}

export interface WorkspacePage {
  readonly name?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A list counts no more rows of a workspace, so that it stays quick. */
const MAX_COUNTED = 10_000;
const NO_MAXIMUM = 2_147_483_647;

/** Lists workspaces, newest first, with their numbers of members and tasks. */
export async function listWorkspaces(db: Db, page: WorkspacePage): Promise<WorkspaceSummary[]> {
  const summaries: WorkspaceSummary[] = [];
  for (const workspace of await db.operatorWorkspaces.list(page)) {
    const { members, tasks } = await db.operatorWorkspaces.countRows(workspace.id, MAX_COUNTED);
    summaries.push({ ...workspace, members, tasks });
  }
  return summaries;
}

/** @throws CommandRefused when there is no such workspace */
export async function findWorkspace(db: Db, id: string): Promise<WorkspaceDetails> {
  const workspace = await requireWorkspace(db, id);
  const counts = await db.operatorWorkspaces.countRows(id, NO_MAXIMUM);
  return { ...workspace, ...counts, admins: await db.operatorWorkspaces.listAdmins(id) };
}

export interface WorkspaceDeletion {
  readonly id: string;
  /** Whether to delete. If false, nothing is changed and the effects are described. */
  readonly confirmed: boolean;
}

/** Deletes a workspace, which can be restored for 30 days. @throws CommandRefused */
export async function deleteWorkspace(
  db: Db,
  { id, confirmed }: WorkspaceDeletion,
): Promise<WorkspaceDetails & { readonly isDeleted: boolean }> {
  const workspace = await findWorkspace(db, id);
  if (workspace.deletedAt !== null)
    throw new CommandRefused(`The workspace ${id} was deleted at ${workspace.deletedAt.toISOString()}.`);
  if (!confirmed) return { ...workspace, isDeleted: false };
  const deleted = await asAdmin(db, workspace, { action: "workspace.deleted", deleted: false });
  if (!deleted) throw new CommandRefused("The workspace was renamed meanwhile. Run the command again.");
  return { ...workspace, deletedAt: deleted.deletedAt, isDeleted: true };
}

/** Restores a deleted workspace. @throws CommandRefused */
export async function restoreWorkspace(db: Db, id: string): Promise<OperatorWorkspace> {
  const workspace = await findWorkspace(db, id);
  if (workspace.deletedAt === null) throw new CommandRefused(`The workspace ${id} is not deleted.`);
  const restored = await asAdmin(db, workspace, { action: "workspace.restored", deleted: true });
  if (!restored)
    throw new CommandRefused(
      `The workspace ${id} was deleted more than 30 days ago. It is purged at the next clean-up.`,
    );
  return { ...workspace, deletedAt: null };
}

async function requireWorkspace(db: Db, id: string): Promise<OperatorWorkspace> {
  const workspace = await db.operatorWorkspaces.find(id);
  if (workspace) return workspace;
  throw new CommandRefused(
    `There is no workspace ${id}. List the workspaces with \`projostack workspaces list\`.`,
  );
}

interface Change {
  readonly action: "workspace.deleted" | "workspace.restored";
  /** Whether the workspace is deleted before the change. */
  readonly deleted: boolean;
}

/**
 * Changes a workspace in the place of its first admin, whose membership the transaction locks. The audit entry names the
 * system. @returns null when the workspace changed meanwhile
 */
async function asAdmin(
  db: Db,
  { id, name, admins }: WorkspaceDetails,
  { action, deleted }: Change,
): Promise<{ readonly deletedAt: Date | null } | null> {
  const [admin] = admins;
  if (!admin) throw new CommandRefused(`The workspace ${id} has no admin, so it cannot be changed.`);
  const membership = { workspaceId: id, userId: admin.userId, role: "admin" } as const;
  return db.write(
    authorize(membership, "workspace:delete"),
    async ({ sql: { workspaces, audit } }) => {
      const changed = await (deleted ? workspaces.restore() : workspaces.delete(name));
      if (!changed) return null;
      const act = { id: systemRandomness.newId(), actorKind: "system", action, outcome: "ok" } as const;
      const meta = deleted ? {} : { meta: { before: { name } } };
      await audit.append([{ ...act, targetType: "workspace", targetId: id, ...meta }]);
      return changed;
    },
    { lockMembers: true, deleted },
  );
}
