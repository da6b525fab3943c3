// Concurrent answers to one invite: the invited user accepts and declines it at the same time, and exactly one answer wins.
import { untilWaiting } from "@projostack/db/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { again, foundWorkspace, startTestServer, type Person, type TestServer } from "../kit/index.ts";
import { raceAtLock, withOwners } from "../members/lock-waits.ts";
import { guest, invite, rolesIn, ROUNDS, ROUNDS_TIMEOUT_MS, statusOf, type SentInvite } from "./guests.ts";

let server: TestServer;
let ada: Person;
let grace: Person;
let engines: string;
beforeAll(async () => {
  server = await startTestServer({}, { shortPauses: true });
  ada = await guest(server, "ada");
  grace = await guest(server, "grace");
  engines = await foundWorkspace(ada);
});
afterAll(() => server.close());

const invited = () => invite(server, ada, { workspaceId: engines, email: grace.email });
const workspaceLock = () => ({ lock: "SELECT FROM workspaces WHERE id = $1 FOR UPDATE", values: [engines] });

/** Removes Grace and her invites from the workspace, so that the next round starts like the first one. */
const startOver = async () => {
  await server.database.owner("DELETE FROM workspace_members WHERE user_id = $1", [grace.id]);
  await server.database.owner("DELETE FROM invites WHERE email = $1", [grace.email]);
};
beforeEach(startOver);

async function outcomeOf(id: string) {
  const actions = await server.database.owner<{ action: string }>(
    "SELECT action FROM audit_logs WHERE target_id = $1 AND action <> 'invite.created'",
    [id],
  );
  const isMember = grace.email in (await rolesIn(server, engines));
  return { status: await statusOf(ada, engines, id), isMember, actions: actions.map(({ action }) => action) };
}

const answers = {
  accept: (person: Person, { token }: SentInvite) => person.call("invites.accept", { token }),
  decline: (person: Person, { token }: SentInvite) => person.call("invites.decline", { token }),
  "decline by id": (person: Person, { id }: SentInvite) => person.call("invites.decline", { id }),
};
type Answering = keyof typeof answers;

/** The outcome of a race by the call that waits first. */
const outcomeByFirst = {
  accept: {
    statuses: { accept: [200, 404], decline: [404, 404], "decline by id": [404, 404] },
    ends: { status: "accepted", isMember: true, actions: ["invite.accepted"] },
  },
  decline: {
    statuses: { accept: [404, 404], decline: [200, 200], "decline by id": [200, 200] },
    ends: { status: "declined", isMember: false, actions: ["invite.declined"] },
  },
} as const;

describe("An invite that is accepted and declined at the same time", () => {
  it.each(["accept", "decline"] as const)(
    "V1 gets the answer of the first of 6 calls that wait for the lock on the workspace: %s",
    async (first) => {
      const sessions = await Promise.all([0, 1, 2, 3, 4, 5].map(() => again(server, grace)));
      const operations = ["accept", "decline", "decline by id"] as const;
      const calls: Answering[] = [...operations, ...operations].toSorted(
        (one, other) => Number(other === first) - Number(one === first),
      );
      for (let round = 0; round < ROUNDS; round += 1) {
        await startOver();
        const sent = await invited();
        const start = (at: number) => answers[calls[at] ?? first](sessions[at] ?? grace, sent);
        const results = await raceAtLock(server, { ...workspaceLock(), until: 6 }, async () => {
          const winner = start(0);
          await untilWaiting(server.database, 1);
          return Promise.all([winner, ...[1, 2, 3, 4, 5].map(start)]);
        });
        const statusesOf = (operation: Answering) =>
          results.flatMap(({ status }, at) => (calls[at] === operation ? [status] : [])).toSorted();
        const { statuses, ends } = outcomeByFirst[first];
        expect(results[0]?.status).toBe(200);
        expect(Object.fromEntries(operations.map((name) => [name, statusesOf(name)]))).toEqual(statuses);
        expect(await outcomeOf(sent.id)).toEqual(ends);
      }
    },
    ROUNDS_TIMEOUT_MS,
  );

  it(
    "V8 is either revoked or declined, when an admin revokes it at the same time",
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { id } = await invited();
        const lock = { lock: "SELECT FROM invites WHERE id = $1 FOR UPDATE", values: [id] };
        const [declined, revoked] = await raceAtLock(server, { ...lock, until: 2 }, () =>
          Promise.all([grace.call("invites.decline", { id }), ada.call("invites.revoke", { id }, engines)]),
        );
        expect([declined.status, revoked.status].toSorted()).toEqual([200, 404]);
        const name = declined.status === 200 ? "declined" : "revoked";
        expect(await outcomeOf(id)).toEqual({ status: name, isMember: false, actions: [`invite.${name}`] });
      }
    },
    ROUNDS_TIMEOUT_MS,
  );

  it("V4 cannot be declined with a token that is replaced while the call waits", async () => {
    const { id, token } = await invited();
    const replace = {
      lock: "UPDATE invites SET token_hash = sha256(id::text::bytea) WHERE id = $1",
      values: [id],
    };
    const answer = await raceAtLock(server, { ...replace, until: 1 }, () =>
      grace.call("invites.decline", { token }),
    );
    expect(answer).toMatchObject({ status: 404, error: { reason: "invite.invalid" } });
    expect((await outcomeOf(id)).status).toBe("pending");
    expect((await grace.call("invites.decline", { id })).status).toBe(200);
  });
});

describe("A check before the update", () => {
  type Owner = Parameters<Parameters<typeof withOwners>[2]>[0][number];

  /** Answers an invite without a condition in the update, as the server must not do. */
  async function answerNaively(owner: Owner, id: string, change: string): Promise<boolean> {
    const { rowCount } = await owner.query(
      "SELECT FROM invites WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now()",
      [id],
    );
    if (rowCount === 0) return false;
    await owner.query(`UPDATE invites SET ${change} WHERE id = $1`, [id]);
    return true;
  }

  const acceptAndDecline = (id: string) =>
    withOwners(server, 2, ([one, two]) =>
      raceAtLock(
        server,
        { lock: "SELECT FROM invites WHERE id = $1 FOR UPDATE", values: [id], until: 2 },
        () =>
          Promise.allSettled(
            one && two
              ? [
                  answerNaively(one, id, "used_at = now()"),
                  answerNaively(two, id, "revoked_at = now(), declined_at = now()"),
                ]
              : [],
          ),
      ),
    );

  it("V1 would let both answers win; a constraint refuses the second one", async () => {
    const { id } = await invited();
    const outcomes = await acceptAndDecline(id);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { constraint: "invites_ended_once" },
    });
    // The rows that follow violate the constraint, so this is the last test of the file.
    await server.database.owner("ALTER TABLE invites DROP CONSTRAINT invites_ended_once");
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id: unguarded } = await invited();
      expect(await acceptAndDecline(unguarded)).toEqual([
        { status: "fulfilled", value: true },
        { status: "fulfilled", value: true },
      ]);
    }
  });
});
