// Concurrent calls while an inviter loses the role admin.
import { describe, expect, it } from "vitest";
import { rolesIn, ROUNDS, ROUNDS_TIMEOUT_MS } from "./guests.ts";
import {
  ada,
  bob,
  ends,
  engines,
  guests,
  invitedBy,
  setUpInviters,
  server,
  newInvitingKey,
  startOver,
} from "./inviters.ts";

setUpInviters();

/** The head start of the other calls, in milliseconds; negative if they start later. The first values cover both outcomes. */
const HEAD_STARTS = [300, -300, 0, 10, -10, 20, -20, 40, -40, 5, -5];

const headStart = (round: number): number => HEAD_STARTS[round % HEAD_STARTS.length] ?? 0;

const pause = (milliseconds: number) => new Promise((passed) => setTimeout(passed, milliseconds));

describe("The end of an inviter's role as an admin", () => {
  it.each(ends)(
    "V8 by $how lets no concurrent acceptance succeed after it has returned",
    async ({ end }) => {
      let joined = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        await startOver();
        const sent = await Promise.all(guests.map((person) => invitedBy(bob, person)));
        const ending = pause(headStart(round)).then(async () => {
          expect((await end()).status).toBe(200);
          return rolesIn(server, engines);
        });
        await pause(-headStart(round));
        const answers = await Promise.all(
          guests.map((person, index) => person.call("invites.accept", { token: sent[index]?.token })),
        );
        const atReturn = await ending;
        const after = await rolesIn(server, engines);
        expect(after).toEqual(atReturn);
        const accepted = guests.filter((_, index) => answers[index]?.status === 200);
        expect(accepted.map(({ email }) => email).toSorted()).toEqual(
          Object.keys(after).filter((email) => email.startsWith("guest")),
        );
        joined += accepted.length;
      }
      // Some acceptances were in time and some were too late, so both outcomes of the race occurred.
      expect(joined).toBeGreaterThan(0);
      expect(joined).toBeLessThan(ROUNDS * 20);
    },
    ROUNDS_TIMEOUT_MS,
  );

  it.each(ends)(
    "V8 by $how leaves none of the inviter's 20 concurrent invites pending",
    async ({ end }) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await startOver();
        const again = await invitedBy(ada, { email: "again@example.com" });
        const ending = pause(headStart(round)).then(end);
        await pause(-headStart(round));
        await Promise.all([
          ...guests.map(({ email }) => bob.call("invites.create", { email }, engines)),
          bob.call("invites.resend", { id: again.id }, engines),
        ]);
        expect((await ending).status).toBe(200);
        const pending = await server.database.owner(
          "SELECT email FROM invites WHERE workspace_id = $1 AND invited_by = $2 AND used_at IS NULL AND revoked_at IS NULL",
          [engines, bob.id],
        );
        expect(pending).toEqual([]);
      }
    },
    ROUNDS_TIMEOUT_MS,
  );
});

describe("The revocation of a key that sent invites", () => {
  it(
    "V8 lets no concurrent acceptance succeed after it has returned",
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await startOver();
        const key = await newInvitingKey();
        const sent = await Promise.all(guests.map((person) => invitedBy(key, person)));
        const ending = pause(headStart(round)).then(async () => {
          expect((await ada.call("serviceKeys.revoke", { id: key.id }, engines)).status).toBe(200);
          return rolesIn(server, engines);
        });
        await pause(-headStart(round));
        await Promise.all(
          guests.map((person, index) => person.call("invites.accept", { token: sent[index]?.token })),
        );
        expect(await rolesIn(server, engines)).toEqual(await ending);
      }
    },
    ROUNDS_TIMEOUT_MS,
  );
});
