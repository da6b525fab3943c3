// Forgets a person, as the law may ask for it. They leave every workspace first, each in turn with all else that changes its
// members, so that none is left with an admin who is nobody. Broken off, it goes on where it was when it is called again.
import { authorize, type Membership } from "@projostack/authz";
import type { Db } from "@projostack/db";
import { parseRole } from "../features/workspaces/parse-role.ts";
import { systemRandomness } from "../runtime/randomness.ts";
import { CommandRefused } from "./command-refused.ts";

export interface PersonErasure {
  readonly email: string;
  /** Without it nothing is changed, and it is told what would be. */
  readonly confirmed: boolean;
}

/** @throws Refused when there is no such account, or a workspace would be left without an admin */
export async function erasePerson(db: Db, { email, confirmed }: PersonErasure): Promise<string> {
  const user = await db.system.user.findUnique({ where: { email: email.trim().toLowerCase() } });
  if (!user) throw new CommandRefused(`There is no account with the address ${email}.`);
  const places = await placesOf(db, user.id);
  const headless = await onlyAdminOf(db, places);
  if (headless.length > 0) throw lastAdmin(email, headless);
  if (!confirmed) return plan(email, user.id, places);
  for (const place of places) {
    if (!(await leave(db, place))) throw lastAdmin(email, [place]);
  }
  const changed = await db.erasePerson(user.id, { anonymise: true });
  return `${email} is erased: account ${user.id} has no address and no way in, ${places.length} memberships ended, and ${changed} entries and events were stripped of what names the person.`;
}

interface Place extends Membership {
  readonly name: string;
  readonly isDeleted: boolean;
}

async function placesOf(db: Db, userId: string): Promise<Place[]> {
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

/** The live workspaces that nobody else could manage. A deleted one that nobody can restore is purged in its time. */
async function onlyAdminOf(db: Db, places: readonly Place[]): Promise<Place[]> {
  const headless: Place[] = [];
  for (const place of places.filter(({ role, isDeleted }) => role === "admin" && !isDeleted)) {
    const admins = await db.read(authorize(place, "member:read"), ({ sql: { members } }) =>
      members.list({ role: "admin", after: undefined, limit: 2 }),
    );
    if (admins.length === 1) headless.push(place);
  }
  return headless;
}

const lastAdmin = (email: string, places: readonly Place[]): CommandRefused =>
  new CommandRefused(
    `${email} is the only admin of ${listed(places)}. Let another member be admin there, or have it deleted, and try again.`,
  );

const plan = (email: string, userId: string, places: readonly Place[]): string =>
  `Nothing is changed yet. With --yes, for good:
  the account ${userId} of ${email} loses its address, its password and its sessions;
  ${places.length === 0 ? "it is a member of no workspace" : `its membership ends in ${listed(places)}`};
  invites to ${email} that wait are revoked, and mail to it is deleted;
  every log loses the address, and the IPs and user agents of what the person did. Each log says so, and verifies as before.
What they made stays, as does who did what by id. Backups and exports keep what they hold.`;

// A line is a line, whatever a workspace is called.
const listed = (places: readonly Place[]): string =>
  places.map(({ name, workspaceId }) => `"${name.replaceAll(/\p{C}+/gu, " ")}" (${workspaceId})`).join(", ");

/** @returns false when the workspace would be left without an admin: the last other one has gone meanwhile */
async function leave(db: Db, place: Place): Promise<boolean> {
  const { userId, isDeleted } = place;
  return db.write(
    authorize(place, "workspace:read"),
    async ({ sql: { members, audit } }) => {
      const removal = await members.remove(userId, userId);
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
