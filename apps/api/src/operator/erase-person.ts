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

/** @throws CommandRefused when the account does not exist or a workspace would lose its only admin */
export async function erasePerson(db: Db, { email, confirmed }: PersonErasure): Promise<string> {
  const user = await findAccount(db, email);
  const memberships = await findMemberships(db, user.id);
  const onlyAdminOf = await findOnlyAdminMemberships(db, memberships);
  if (onlyAdminOf.length > 0) throw lastAdminRefusal(email, onlyAdminOf);
  if (!confirmed) return describePlan(email, user.id, memberships);
  for (const membership of memberships) {
    if (!(await leave(db, membership))) throw lastAdminRefusal(email, [membership]);
  }
  const changed = await db.erasePerson(user.id, { anonymise: true });
  return `${email} is erased: account ${user.id} has no email address and nobody can sign in to it, ${memberships.length} memberships ended, and personal data was removed from ${changed} entries and events.`;
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

const describePlan = (email: string, userId: string, memberships: readonly PersonMembership[]): string =>
  `Nothing is changed yet. With --yes, this command does the following, and it cannot be undone:
  - account ${userId} of ${email} loses its email address, its password and its sessions;
  - ${memberships.length === 0 ? "the account is a member of no workspace" : `its membership ends in ${workspaceNames(memberships)}`};
  - pending invites to ${email} are revoked, and mail to this address is deleted;
  - every audit log loses the email address, and the IP addresses and user agents of the person's actions. Each log records this and still verifies.
The data that the person created stays, and the logs still name the actor by id. Backups and exports are unchanged.`;

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
