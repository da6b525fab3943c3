// Erases the personal data of a user, as data protection law may require. First the user leaves every workspace, with the
// workspace row locked, so that no workspace keeps an erased user as its only admin. An interrupted erasure continues when
// the command runs again.
import { authorize, type Membership } from "@projostack/authz";
import type { Db } from "@projostack/db";
import { parseRole } from "../features/workspaces/parse-role.ts";
import { systemRandomness } from "../runtime/randomness.ts";
import { CommandRefused } from "./command-refused.ts";
import { findAccount } from "./find-account.ts";

export interface PersonErasure {
  readonly email: string;
  /** Whether to erase. If false, nothing is changed and the effects are described. */
  readonly confirmed: boolean;
}

export interface ErasureReport {
  readonly userId: string;
  readonly isErased: boolean;
  /** The workspaces whose membership ended, or would end. */
  readonly workspaces: readonly { readonly id: string; readonly name: string }[];
  /** The audit entries and account events from which personal data was removed. */
  readonly changedEntries: number;
}

/** @throws CommandRefused when the account does not exist or a workspace would lose its only admin */
export async function erasePerson(db: Db, { email, confirmed }: PersonErasure): Promise<ErasureReport> {
  const user = await findAccount(db, email);
  const memberships = await findMemberships(db, user.id);
  const onlyAdminOf = await findOnlyAdminMemberships(db, memberships);
  if (onlyAdminOf.length > 0) throw lastAdminRefusal(email, onlyAdminOf);
  const workspaces = memberships.map(({ workspaceId: id, name }) => ({ id, name }));
  if (!confirmed) return { userId: user.id, isErased: false, workspaces, changedEntries: 0 };
  for (const membership of memberships) {
    if (!(await leave(db, membership))) throw lastAdminRefusal(email, [membership]);
  }
  const changedEntries = await db.erasePerson(user.id, { anonymise: true });
  return { userId: user.id, isErased: true, workspaces, changedEntries };
}

interface PersonMembership extends Membership {
  readonly name: string;
  readonly isDeleted: boolean;
}

async function findMemberships(db: Db, userId: string): Promise<PersonMembership[]> {
  const found = await db.readPerson(userId, ({ workspaceMember }) =>
    workspaceMember.findMany({
      where: { userId },
      select: { workspaceId: true, role: true, lockedAt: true, workspace: { select: { name: true } } },
      orderBy: { workspaceId: "asc" },
    }),
  );
  return found.map(({ workspaceId, role, lockedAt, workspace }) => ({
    userId,
    workspaceId,
    role: parseRole(role),
    name: workspace.name,
    isDeleted: lockedAt !== null,
  }));
}

/** Finds the workspaces whose only admin is the user. Deleted workspaces are left out: they are purged after 30 days. */
async function findOnlyAdminMemberships(
  db: Db,
  memberships: readonly PersonMembership[],
): Promise<PersonMembership[]> {
  const found: PersonMembership[] = [];
  for (const membership of memberships.filter(({ role, isDeleted }) => role === "admin" && !isDeleted)) {
    const admins = await db.read(authorize(membership, "member:read"), ({ sql: { members } }) =>
      members.list({ role: "admin", after: undefined, limit: 2 }),
    );
    if (admins.length === 1) found.push(membership);
  }
  return found;
}

const lastAdminRefusal = (email: string, memberships: readonly PersonMembership[]): CommandRefused =>
  new CommandRefused(
    `${email} is the only admin of ${workspaceNames(memberships)}. Make another member an admin there or delete the workspace, then try again.`,
  );

// Control characters in a name are replaced, so that the output stays on one line.
const workspaceNames = (memberships: readonly PersonMembership[]): string =>
  memberships
    .map(({ name, workspaceId }) => `"${name.replaceAll(/\p{C}+/gu, " ")}" (${workspaceId})`)
    .join(", ");

/**
 * Ends a membership.
 * @returns false when the workspace would have no admin, because the other admins left in the meantime
 */
async function leave(db: Db, membership: PersonMembership): Promise<boolean> {
  const { userId, isDeleted } = membership;
  return db.write(
    authorize(membership, "workspace:read"),
    async ({ sql: { members, audit } }) => {
      const removal = await members.remove({ userId, byUserId: userId, isNotified: false });
      if (!removal?.done) return removal === null || isDeleted;
      const { before, endedInvites, keysLeft } = removal;
      const after = { endedInvites: endedInvites.length, keysLeft: keysLeft.length };
      const id = systemRandomness.newId();
      const act = { id, actorKind: "system", action: "member.removed", outcome: "ok" } as const;
      const target = { targetType: "member", targetId: userId } as const;
      await audit.append([{ ...act, ...target, meta: { before: { role: before }, after } }]);
      return true;
    },
    { lockMembers: true, deleted: isDeleted },
  );
}
