// An inviter who stops being one while others act on their invites.
import { describe, expect, it } from "vitest";
import { rolesIn, ROUNDS, ROUNDS_MS } from "./guests.ts";
import {
  ada,
  bob,
  ends,
  engines,
  guests,
  invitedBy,
  openHouse,
  server,
  service,
  startOver,
} from "./inviting.ts";

openHouse();

/** By how many milliseconds the others are ahead of the end, or behind it: far enough at first to see both sides. */
const HEAD_STARTS = [300, -300, 0, 10, -10, 20, -20, 40, -40, 5, -5];

const headStart = (round: number): number => HEAD_STARTS[round % HEAD_STARTS.length] ?? 0;

const pause = (milliseconds: number) => new Promise((passed) => setTimeout(passed, milliseconds));

describe("V8 an inviter who stops being an admin", () => {
  it.each(ends)(
    "V8 by $how, while 20 accept: they joined before it returned, or they do not join",
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
        const told = guests.filter((_, index) => answers[index]?.status === 200);
        expect(told.map(({ email }) => email).toSorted()).toEqual(
          Object.keys(after).filter((email) => email.startsWith("guest")),
        );
        joined += told.length;
      }
      // Some were in time, and some too late: both sides of the race were seen.
      expect(joined).toBeGreaterThan(0);
      expect(joined).toBeLessThan(ROUNDS * 20);
    },
    ROUNDS_MS,
  );

  it.each(ends)(
    "V8 by $how, while they send 20 invites: none of these waits afterwards",
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
        const waiting = await server.database.owner(
          "SELECT email FROM invites WHERE workspace_id = $1 AND invited_by = $2 AND used_at IS NULL AND revoked_at IS NULL",
          [engines, bob.id],
        );
        expect(waiting).toEqual([]);
      }
    },
    ROUNDS_MS,
  );
});

describe("V8 an invite by a service", () => {
  it(
    "V8 is not accepted once its key's revocation returned, of 20 that are accepted meanwhile",
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await startOver();
        const key = await service();
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
    ROUNDS_MS,
  );
});
