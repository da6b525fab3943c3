// Invites: who may use one, once, and what it gives.
import { randomUUID } from "node:crypto";
import { again, arriveUnverified, type Person, type TestServer } from "../../../kit/index.ts";
import { exists, inviteFor, meanwhile, memberOf, stranger, team, verify, worked } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

/** An invite for somebody whose address is verified. */
async function invited(server: TestServer) {
  const here = await team(server);
  const guest = await stranger(server);
  await verify(server, guest);
  const invite = await inviteFor(server, here, guest);
  const accept = (who: Person = guest) => who.call("invites.accept", { token: invite.token });
  return { here, guest, invite, accept };
}

const anothers: Attack = {
  says: "somebody takes an invite to another's address",
  tryOn: async (server) => {
    const { accept } = await invited(server);
    const thief = await stranger(server);
    await verify(server, thief);
    return worked(await accept(thief));
  },
};

const unverified: Attack = {
  says: "somebody takes an invite by the inviter's link, to an address that was never shown to be theirs",
  tryOn: async (server) => {
    const here = await team(server);
    const guest = await arriveUnverified(server, randomUUID());
    const { token } = await inviteFor(server, here, guest);
    return worked(await guest.call("invites.accept", { token }));
  },
};

const twice: Attack = {
  says: "one invite is accepted by two calls at once",
  tryOn: async (server) => {
    const { here, guest, accept } = await invited(server);
    const other = await again(server, guest);
    const answers = await meanwhile(server, `SELECT FROM workspaces WHERE id = '${here.id}' FOR UPDATE`, () =>
      Promise.all([accept(), accept(other)]),
    );
    return answers.every(worked);
  },
};

/** An attack on an invite that changes while its acceptance waits for its turn. */
const whileWaiting = (says: string, change: string): Attack => ({
  says,
  tryOn: async (server) => {
    const { here, invite, accept } = await invited(server);
    const held = `SELECT FROM workspaces WHERE id = '${here.id}' FOR UPDATE`;
    const changed = change.replaceAll("$invite", `'${invite.id}'`).replaceAll("$workspace", `'${here.id}'`);
    return worked(await meanwhile(server, `${held}; ${changed}`, () => accept()));
  },
});

const revokedMeanwhile = whileWaiting(
  "an invite is accepted that is revoked while the acceptance waits",
  "UPDATE invites SET revoked_at = now() WHERE id = $invite",
);
const expiredMeanwhile = whileWaiting(
  "an invite is accepted that expires while the acceptance waits",
  "UPDATE invites SET expires_at = now() WHERE id = $invite",
);
const resentMeanwhile = whileWaiting(
  "an invite is accepted by a token that is replaced while the acceptance waits",
  "UPDATE invites SET token_hash = sha256(id::text::bytea), mailed_token_hash = sha256(token_hash) WHERE id = $invite",
);
const deletedMeanwhile = whileWaiting(
  "an invite is accepted to a workspace that is deleted while the acceptance waits",
  "UPDATE workspaces SET deleted_at = now() WHERE id = $workspace",
);
const inviterDemoted = whileWaiting(
  "an invite is accepted whose inviter is demoted while the acceptance waits",
  "UPDATE workspace_members SET role = 'viewer' WHERE workspace_id = $workspace",
);

const promotesItself: Attack = {
  says: "a viewer becomes an admin by an invite",
  tryOn: async (server) => {
    const here = await team(server);
    const viewer = await memberOf(server, here, "viewer");
    await verify(server, viewer);
    const { token } = await inviteFor(server, here, { email: viewer.email, role: "admin" });
    await viewer.call("invites.accept", { token });
    return worked(await viewer.call("audit.list", {}, here.id));
  },
};

/** What waits of an inviter after they were demoted or removed by another admin. */
const outlives = (says: string, name: string, change: object): Attack => ({
  says,
  tryOn: async (server) => {
    const here = await team(server);
    const other = await memberOf(server, here, "admin");
    const { id } = await inviteFor(server, here, { email: `${here.id}@example.com` });
    if (!worked(await other.call(name, { userId: here.admin.id, ...change }, here.id))) throw new Error(says);
    return exists(server, "SELECT FROM invites WHERE id = $1 AND revoked_at IS NULL", [id]);
  },
});
const outlivesDemotion = outlives("an invite waits on after its inviter was demoted", "members.changeRole", {
  role: "viewer",
});
const outlivesRemoval = outlives("an invite waits on after its inviter was removed", "members.remove", {});

const acceptFile = "apps/api/src/features/invites/accept-invite.ts";
const statement = "packages/db/src/tenant/invites.ts";
const members = "packages/db/src/tenant/members.ts";
const live = "AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > clock_timestamp()";
const inviting = "WHERE inviter.role = ANY (${[...invitingRoles]}::text[])";
const ranked =
  "AND array_position(${[...ranks]}::text[], i.role) <= array_position(${[...ranks]}::text[], inviter.role)";

const mayInvite = guard("the inviter may still invite", statement, [
  inviting,
  "WHERE ${[...invitingRoles]}::text[] IS NOT NULL",
]);
const standsAsHigh = guard("the inviter stands as high as what they give", statement, [
  ranked,
  "AND ${[...ranks]}::text[] IS NOT NULL",
]);

const notRevoked = guard("the statement that accepts takes an invite that is not revoked", statement, [
  live,
  live.replace("i.revoked_at IS NULL AND ", ""),
]);
const endsOnce = {
  says: "an invite is used or revoked, and never both",
  sql: "ALTER TABLE invites DROP CONSTRAINT invites_ended_once",
};

export const invites: readonly Mutant[] = [
  {
    without: [
      guard("an invite is for its address", acceptFile, [
        'if (email !== user.email) throw new Failure("invite.invalid");',
        "",
      ]),
    ],
    works: [anothers],
    refused: [unverified],
  },
  {
    without: [
      guard("an address must be verified", acceptFile, [
        'if (!mailed) throw new Failure("invite.invalid");',
        "",
      ]),
    ],
    works: [unverified],
    refused: [anothers],
  },
  {
    without: [
      guard("the statement that accepts takes an invite that is not used", statement, [
        live,
        live.replace("i.used_at IS NULL AND ", ""),
      ]),
    ],
    works: [twice],
    refused: [revokedMeanwhile, expiredMeanwhile],
  },
  { without: [notRevoked], works: [], refused: [twice, revokedMeanwhile] },
  { without: [endsOnce], works: [], refused: [revokedMeanwhile] },
  { without: [notRevoked, endsOnce], works: [revokedMeanwhile] },
  {
    without: [
      guard("the statement that accepts takes an invite that has not expired", statement, [
        live,
        live.replace(" AND i.expires_at > clock_timestamp()", ""),
      ]),
    ],
    works: [expiredMeanwhile],
    refused: [twice],
  },
  {
    without: [
      guard("the statement that accepts looks at the token again", statement, [
        "(i.token_hash = ${tokenHash}::bytea OR i.mailed_token_hash = ${tokenHash}::bytea)",
        "${tokenHash}::bytea IS NOT NULL",
      ]),
    ],
    works: [resentMeanwhile],
  },
  {
    without: [
      guard("nobody joins a deleted workspace", statement, [
        "AND EXISTS (SELECT FROM workspaces WHERE deleted_at IS NULL)",
        "",
      ]),
    ],
    works: [deletedMeanwhile],
  },
  { without: [mayInvite], works: [], refused: [inviterDemoted] },
  { without: [standsAsHigh], works: [], refused: [inviterDemoted] },
  { without: [mayInvite, standsAsHigh], works: [inviterDemoted] },
  {
    without: [
      guard("an invite never changes a member's role", statement, [
        "ON CONFLICT (workspace_id, user_id) DO NOTHING",
        "ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role",
      ]),
    ],
    works: [promotesItself],
  },
  {
    without: [
      guard("a demotion ends the invites of whom it demotes", members, [
        "WHERE invited_by = changed.user_id AND",
        "WHERE invited_by = changed.user_id AND false AND",
      ]),
    ],
    works: [outlivesDemotion],
    refused: [outlivesRemoval],
  },
  {
    without: [
      guard("a removal ends the invites of whom it removes", members, [
        "WHERE invited_by = removed.user_id AND",
        "WHERE invited_by = removed.user_id AND false AND",
      ]),
    ],
    works: [outlivesRemoval],
    refused: [outlivesDemotion],
  },
];
