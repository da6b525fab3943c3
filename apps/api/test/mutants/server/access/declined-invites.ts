// Mutants of the checks of declined invites: who can decline an invite, and when.
import { randomUUID } from "node:crypto";
import { arriveUnverified, type Person, type TestServer } from "../../../kit/index.ts";
import {
  duringTransaction,
  inviteFor,
  newUser,
  rowExists,
  succeeded,
  team,
  verifyEmail,
} from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

/** Creates an invite for a user with a verified address. */
async function invited(server: TestServer) {
  const here = await team(server);
  const guest = await newUser(server);
  await verifyEmail(server, guest);
  return { here, guest, invite: await inviteFor(server, here, guest) };
}

const isDeclined = (server: TestServer, id: string) =>
  rowExists(server, "SELECT FROM invites WHERE id = $1 AND declined_at IS NOT NULL", [id]);

const decline = (person: Person, input: object) => person.call("invites.decline", input);

const wrongAddress: Attack = {
  title: "a user declines an invite for another address by its token",
  tryOn: async (server) => {
    const { invite } = await invited(server);
    const thief = await newUser(server);
    await verifyEmail(server, thief);
    await decline(thief, { token: invite.token });
    return isDeclined(server, invite.id);
  },
};

const unverified: Attack = {
  title: "a user with an unverified address declines an invite by the inviter's link",
  tryOn: async (server) => {
    const here = await team(server);
    const guest = await arriveUnverified(server, randomUUID());
    const { id, token } = await inviteFor(server, here, guest);
    await decline(guest, { token });
    return isDeclined(server, id);
  },
};

/** Declines an invite that changes while the call waits for the lock on the workspace. */
const whileWaiting = (title: string, change: string): Attack => ({
  title,
  tryOn: async (server) => {
    const { here, guest, invite } = await invited(server);
    const held = `SELECT FROM workspaces WHERE id = '${here.id}' FOR UPDATE`;
    const changed = change.replaceAll("$invite", `'${invite.id}'`).replaceAll("$workspace", `'${here.id}'`);
    const answer = await duringTransaction(server, { statements: `${held}; ${changed}`, waiting: 1 }, () =>
      decline(guest, { token: invite.token }),
    );
    return succeeded(answer);
  },
});

const acceptedMeanwhile = whileWaiting(
  "an invite that is accepted while the call waits is declined",
  "UPDATE invites SET used_at = now() WHERE id = $invite",
);
const revokedMeanwhile = whileWaiting(
  "an invite that is revoked while the call waits is declined",
  "UPDATE invites SET revoked_at = now() WHERE id = $invite",
);
const expiredMeanwhile = whileWaiting(
  "an invite that expires while the call waits is declined",
  "UPDATE invites SET expires_at = now() WHERE id = $invite",
);
const resentMeanwhile = whileWaiting(
  "an invite is declined with a token that is replaced while the call waits",
  "UPDATE invites SET token_hash = sha256(id::text::bytea), mailed_token_hash = sha256(token_hash) WHERE id = $invite",
);
const deletedMeanwhile = whileWaiting(
  "an invite to a workspace that is deleted while the call waits is declined",
  "UPDATE workspaces SET deleted_at = now() WHERE id = $workspace",
);

const file = "packages/db/src/tenant/invite-answers.ts";
const CONDITIONS = "AND i.expires_at > clock_timestamp() AND i.revoked_at IS NULL AND i.used_at IS NULL";
const without = (title: string, condition: string) =>
  guard(title, file, [CONDITIONS, CONDITIONS.replace(condition, "")]);

/** Removes a text from the function that finds the invite. */
const foundWithout = (title: string, text: string, rest = "") => ({
  title,
  sql: `DO $$ BEGIN EXECUTE replace(pg_get_functiondef('projo_addressed_invite'::regproc), '${text}', '${rest}'); END $$`,
});

const found = foundWithout("the declined invite is found only for its address", "i.email = u.email", "true");
const declined = guard("the refusal compares the address again", file, [
  "AND i.email = ${email}::text",
  "AND ${email}::text IS NOT NULL",
]);
const notUsed = without("the refusal excludes used invites", " AND i.used_at IS NULL");
const endedOnce = {
  title: "a constraint prevents an invite that is both used and revoked",
  sql: "ALTER TABLE invites DROP CONSTRAINT invites_ended_once",
};

export const declinedInvites: readonly Mutant[] = [
  { removed: [found], succeeds: [], stillBlocked: [wrongAddress] },
  { removed: [declined], succeeds: [], stillBlocked: [wrongAddress] },
  { removed: [found, declined], succeeds: [wrongAddress] },
  {
    removed: [
      foundWithout(
        "the refusal requires a verified address or the mailed token",
        "AND (u.email_verified_at IS NOT NULL OR i.mailed_token_hash = a_hash)",
      ),
    ],
    succeeds: [unverified],
    stillBlocked: [wrongAddress],
  },
  { removed: [notUsed], succeeds: [], stillBlocked: [acceptedMeanwhile] },
  { removed: [notUsed, endedOnce], succeeds: [acceptedMeanwhile], stillBlocked: [revokedMeanwhile] },
  {
    removed: [without("the refusal excludes revoked invites", " AND i.revoked_at IS NULL")],
    succeeds: [revokedMeanwhile],
    stillBlocked: [acceptedMeanwhile, expiredMeanwhile],
  },
  {
    removed: [without("the refusal excludes expired invites", "i.expires_at > clock_timestamp() AND ")],
    succeeds: [expiredMeanwhile],
    stillBlocked: [acceptedMeanwhile, revokedMeanwhile],
  },
  {
    removed: [
      guard("the refusal compares the token again", file, [
        "(${tokenHash}::bytea IS NULL OR i.token_hash",
        "(${tokenHash}::bytea IS NOT NULL OR i.token_hash",
      ]),
    ],
    succeeds: [resentMeanwhile],
  },
  {
    removed: [guard("the refusal excludes deleted workspaces", file, ["AND w.deleted_at IS NULL", ""])],
    succeeds: [deletedMeanwhile],
  },
];
