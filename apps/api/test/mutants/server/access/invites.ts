// Mutants of the invite checks: who can accept an invite, how often, and with which role.
import { randomUUID } from "node:crypto";
import { again, arriveUnverified, type Person, type TestServer } from "../../../kit/index.ts";
import {
  rowExists,
  inviteFor,
  duringTransaction,
  memberOf,
  newUser,
  team,
  verifyEmail,
  succeeded,
} from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

/** Creates an invite for a user with a verified address. */
async function invited(server: TestServer) {
  const here = await team(server);
  const guest = await newUser(server);
  await verifyEmail(server, guest);
  const invite = await inviteFor(server, here, guest);
  const accept = (who: Person = guest) => who.call("invites.accept", { token: invite.token });
  return { here, guest, invite, accept };
}

const wrongAddress: Attack = {
  title: "a user accepts an invite for another address",
  tryOn: async (server) => {
    const { accept } = await invited(server);
    const thief = await newUser(server);
    await verifyEmail(server, thief);
    return succeeded(await accept(thief));
  },
};

const unverified: Attack = {
  title: "a user with an unverified address accepts an invite by the inviter's link",
  tryOn: async (server) => {
    const here = await team(server);
    const guest = await arriveUnverified(server, randomUUID());
    const { token } = await inviteFor(server, here, guest);
    return succeeded(await guest.call("invites.accept", { token }));
  },
};

const acceptedTwice: Attack = {
  title: "two concurrent calls accept one invite",
  tryOn: async (server) => {
    const { here, guest, accept } = await invited(server);
    const other = await again(server, guest);
    const answers = await duringTransaction(
      server,
      { statements: `SELECT FROM workspaces WHERE id = '${here.id}' FOR UPDATE`, waiting: 2 },
      () => Promise.all([accept(), accept(other)]),
    );
    return answers.every(succeeded);
  },
};

/** Accepts an invite that changes while the acceptance waits for the lock on the workspace. */
const whileWaiting = (title: string, change: string): Attack => ({
  title,
  tryOn: async (server) => {
    const { here, invite, accept } = await invited(server);
    const held = `SELECT FROM workspaces WHERE id = '${here.id}' FOR UPDATE`;
    const changed = change.replaceAll("$invite", `'${invite.id}'`).replaceAll("$workspace", `'${here.id}'`);
    return succeeded(
      await duringTransaction(server, { statements: `${held}; ${changed}`, waiting: 1 }, () => accept()),
    );
  },
});

const revokedMeanwhile = whileWaiting(
  "an invite that is revoked while the acceptance waits is accepted",
  "UPDATE invites SET revoked_at = now() WHERE id = $invite",
);
const expiredMeanwhile = whileWaiting(
  "an invite that expires while the acceptance waits is accepted",
  "UPDATE invites SET expires_at = now() WHERE id = $invite",
);
const resentMeanwhile = whileWaiting(
  "a token that is replaced while the acceptance waits is accepted",
  "UPDATE invites SET token_hash = sha256(id::text::bytea), mailed_token_hash = sha256(token_hash) WHERE id = $invite",
);
const deletedMeanwhile = whileWaiting(
  "an invite to a workspace that is deleted while the acceptance waits is accepted",
  "UPDATE workspaces SET deleted_at = now() WHERE id = $workspace",
);
const inviterDemoted = whileWaiting(
  "an invite whose inviter is demoted while the acceptance waits is accepted",
  "UPDATE workspace_members SET role = 'viewer' WHERE workspace_id = $workspace",
);

const changesRole: Attack = {
  title: "a viewer becomes an admin through an invite",
  tryOn: async (server) => {
    const here = await team(server);
    const viewer = await memberOf(server, here, "viewer");
    await verifyEmail(server, viewer);
    const { token } = await inviteFor(server, here, { email: viewer.email, role: "admin" });
    await viewer.call("invites.accept", { token });
    return succeeded(await viewer.call("audit.list", {}, here.id));
  },
};

/** Checks whether an invite is still pending after another admin demoted or removed its inviter. */
const staysPendingAfter = (title: string, name: string, change: object): Attack => ({
  title,
  tryOn: async (server) => {
    const here = await team(server);
    const other = await memberOf(server, here, "admin");
    const { id } = await inviteFor(server, here, { email: `${here.id}@example.com` });
    if (!succeeded(await other.call(name, { userId: here.admin.id, ...change }, here.id)))
      throw new Error(title);
    return rowExists(server, "SELECT FROM invites WHERE id = $1 AND revoked_at IS NULL", [id]);
  },
});
const pendingAfterDemotion = staysPendingAfter(
  "an invite stays pending after the demotion of its inviter",
  "members.changeRole",
  {
    role: "viewer",
  },
);
const pendingAfterRemoval = staysPendingAfter(
  "an invite stays pending after the removal of its inviter",
  "members.remove",
  {},
);

const acceptFile = "apps/api/src/features/invites/accept-invite.ts";
const statementFile = "packages/db/src/tenant/invite-answers.ts";
const membersFile = "packages/db/src/tenant/members.ts";
const UNEXPIRED = "AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > clock_timestamp()";
const INVITING = "WHERE inviter.role = ANY (${[...invitingRoles]}::text[])";
const RANKED =
  "AND array_position(${[...ranks]}::text[], i.role) <= array_position(${[...ranks]}::text[], inviter.role)";

const canInvite = guard("the acceptance requires that the inviter can still invite", statementFile, [
  INVITING,
  "WHERE ${[...invitingRoles]}::text[] IS NOT NULL",
]);
const hasGrantedRole = guard(
  "the acceptance requires that the inviter still has the granted role or a higher one",
  statementFile,
  [RANKED, "AND ${[...ranks]}::text[] IS NOT NULL"],
);

const notRevoked = guard("the acceptance excludes revoked invites", statementFile, [
  UNEXPIRED,
  UNEXPIRED.replace("i.revoked_at IS NULL AND ", ""),
]);
const endedOnce = {
  title: "a constraint prevents an invite that is both used and revoked",
  sql: "ALTER TABLE invites DROP CONSTRAINT invites_ended_once",
};

export const invites: readonly Mutant[] = [
  {
    removed: [
      guard("an invite is valid only for its address", acceptFile, [
        'if (email !== user.email) throw new Failure("invite.invalid");',
        "",
      ]),
    ],
    succeeds: [wrongAddress],
    stillBlocked: [unverified],
  },
  {
    removed: [
      guard("the acceptance requires a verified address", acceptFile, [
        'if (!mailed) throw new Failure("invite.invalid");',
        "",
      ]),
    ],
    succeeds: [unverified],
    stillBlocked: [wrongAddress],
  },
  {
    removed: [
      guard("the acceptance excludes used invites", statementFile, [
        UNEXPIRED,
        UNEXPIRED.replace("i.used_at IS NULL AND ", ""),
      ]),
    ],
    succeeds: [acceptedTwice],
    stillBlocked: [revokedMeanwhile, expiredMeanwhile],
  },
  { removed: [notRevoked], succeeds: [], stillBlocked: [acceptedTwice, revokedMeanwhile] },
  { removed: [endedOnce], succeeds: [], stillBlocked: [revokedMeanwhile] },
  { removed: [notRevoked, endedOnce], succeeds: [revokedMeanwhile] },
  {
    removed: [
      guard("the acceptance excludes expired invites", statementFile, [
        UNEXPIRED,
        UNEXPIRED.replace(" AND i.expires_at > clock_timestamp()", ""),
      ]),
    ],
    succeeds: [expiredMeanwhile],
    stillBlocked: [acceptedTwice],
  },
  {
    removed: [
      guard("the acceptance compares the token again", statementFile, [
        "(i.token_hash = ${tokenHash}::bytea OR i.mailed_token_hash = ${tokenHash}::bytea)",
        "${tokenHash}::bytea IS NOT NULL",
      ]),
    ],
    succeeds: [resentMeanwhile],
  },
  {
    removed: [
      guard("the acceptance excludes deleted workspaces", statementFile, [
        "AND EXISTS (SELECT FROM workspaces WHERE deleted_at IS NULL)",
        "",
      ]),
    ],
    succeeds: [deletedMeanwhile],
  },
  { removed: [canInvite], succeeds: [], stillBlocked: [inviterDemoted] },
  { removed: [hasGrantedRole], succeeds: [], stillBlocked: [inviterDemoted] },
  { removed: [canInvite, hasGrantedRole], succeeds: [inviterDemoted] },
  {
    removed: [
      guard("an invite never changes a member's role", statementFile, [
        "ON CONFLICT (workspace_id, user_id) DO NOTHING",
        "ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role",
      ]),
    ],
    succeeds: [changesRole],
  },
  {
    removed: [
      guard("a demotion revokes the invites of the demoted member", membersFile, [
        "WHERE invited_by = changed.user_id AND",
        "WHERE invited_by = changed.user_id AND false AND",
      ]),
    ],
    succeeds: [pendingAfterDemotion],
    stillBlocked: [pendingAfterRemoval],
  },
  {
    removed: [
      guard("a removal revokes the invites of the removed member", membersFile, [
        "WHERE invited_by = removed.user_id AND",
        "WHERE invited_by = removed.user_id AND false AND",
      ]),
    ],
    succeeds: [pendingAfterRemoval],
    stillBlocked: [pendingAfterDemotion],
  },
];
