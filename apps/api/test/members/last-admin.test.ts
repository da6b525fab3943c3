import { EventEmitter, once } from "node:events";
import { authorize } from "@projostack/authz";
import { DatabaseBusy } from "@projostack/db";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { again, startTestServer, type Answer, type Person, type TestServer } from "../kit/index.ts";
import { CALLERS, ROUNDS, ROUNDS_MS } from "./rounds.ts";
import { standstill, withOwners } from "./standstill.ts";
import { adminsOf, joined, newTeam, putIn, type Team } from "./team.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** A team of so many admins, and nobody else. */
async function teamOfAdmins(count: number): Promise<{ team: Team; admins: Person[] }> {
  const team = await newTeam(server);
  const others = await Promise.all(Array.from({ length: count - 1 }, () => joined(server, team, "admin")));
  return { team, admins: [team.founder, ...others] };
}

const allAdminsAgain = (team: Team, admins: readonly Person[]) =>
  Promise.all(admins.map((admin) => putIn(server, team, admin, "admin")));

/** Somebody of the list, who comes after the one at this place. */
function at(people: readonly Person[], place: number): Person {
  const person = people[place % people.length];
  if (!person) throw new Error("Nobody is there.");
  return person;
}

const acts: readonly ((by: Person, other: Person, workspaceId: string) => Promise<Answer>)[] = [
  (by, other, id) => by.call("members.changeRole", { userId: other.id, role: "viewer" }, id),
  (by, other, id) => by.call("members.remove", { userId: other.id }, id),
  (by, _, id) => by.call("workspaces.leave", { workspaceId: id }),
  (by, _, id) => by.call("members.changeRole", { userId: by.id, role: "member" }, id),
];

describe("twenty calls at once that demote, remove and leave", () => {
  it.each([2, 3, CALLERS])(
    "M1 leave a workspace of %i admins with an admin, and none of them fails for its haste",
    async (count) => {
      const { team, admins } = await teamOfAdmins(count);
      const callers = await Promise.all(
        Array.from({ length: CALLERS }, (_, place) => again(server, at(admins, place))),
      );
      const lock = "SELECT FROM workspaces WHERE id = $1 FOR UPDATE";
      const statuses = new Set<number>();
      for (let round = 0; round < ROUNDS; round += 1) {
        const answers = await standstill(server, { lock, values: [team.id], until: 10 }, () =>
          Promise.all(
            callers.map(async (caller, place) => {
              const act = acts[(place + round) % acts.length];
              return act?.(caller, at(admins, place + 1), team.id);
            }),
          ),
        );
        for (const answer of answers) statuses.add(answer?.status ?? 0);
        expect(await adminsOf(server, team), `round ${round}`).toBeGreaterThanOrEqual(1);
        await allAdminsAgain(team, admins);
      }
      expect([...statuses].filter((status) => ![200, 403, 404, 409].includes(status))).toEqual([]);
      expect(statuses).toContain(200);
    },
    ROUNDS_MS,
  );

  it("M1 refuse the last admin in words, whatever they try", async () => {
    const { team, admins } = await teamOfAdmins(1);
    await joined(server, team, "member");
    const [last] = admins;
    for (const act of acts.slice(1)) {
      const answer = await act(at(admins, 0), at(admins, 0), team.id);
      expect(answer.error).toMatchObject({ httpStatus: 409, reason: "member.last_admin" });
    }
    expect((await last?.call("members.list", {}, team.id))?.data.items).toHaveLength(2);
    expect(await adminsOf(server, team)).toBe(1);
  });
});

// What each guard is for: the same race without it ends with nobody in charge.
describe("the same race, guarded in another way,", () => {
  const demote = "UPDATE workspace_members SET role = 'viewer' WHERE workspace_id = $1 AND user_id = $2";
  const count =
    "SELECT count(*)::integer AS admins FROM workspace_members WHERE workspace_id = $1 AND role = 'admin'";

  it(
    "ends without an admin, when each looks first and changes then",
    async () => {
      const { team, admins } = await teamOfAdmins(CALLERS);
      const endedBadly = await withOwners(server, CALLERS, async (callers) => {
        let without = 0;
        for (let round = 0; round < ROUNDS; round += 1) {
          await Promise.all(callers.map((caller) => caller.query("BEGIN")));
          const seen = await Promise.all(callers.map((caller) => caller.query(count, [team.id])));
          await Promise.all(
            callers.map(async (caller, place) => {
              if (seen[place]?.rows[0].admins > 1)
                await caller.query(demote, [team.id, at(admins, place).id]);
              await caller.query("COMMIT");
            }),
          );
          if ((await adminsOf(server, team)) === 0) without += 1;
          await allAdminsAgain(team, admins);
        }
        return without;
      });
      expect(endedBadly).toBeGreaterThan(0);
    },
    ROUNDS_MS,
  );

  it(
    "ends without an admin, when the change itself counts them",
    async () => {
      const { team, admins } = await teamOfAdmins(CALLERS);
      const lock = "SELECT FROM workspace_members WHERE workspace_id = $1 FOR SHARE";
      const endedBadly = await withOwners(server, CALLERS, async (callers) => {
        let without = 0;
        for (let round = 0; round < ROUNDS; round += 1) {
          await standstill(server, { lock, values: [team.id], until: CALLERS }, () =>
            Promise.all(
              callers.map((caller, place) =>
                caller.query(`${demote} AND (${count}) > 1`, [team.id, at(admins, place).id]),
              ),
            ),
          );
          if ((await adminsOf(server, team)) === 0) without += 1;
          await allAdminsAgain(team, admins);
        }
        return without;
      });
      expect(endedBadly).toBeGreaterThan(0);
    },
    ROUNDS_MS,
  );

  it("breaks off, when two who hold their own membership remove each other out of turn", async () => {
    const { team, admins } = await teamOfAdmins(2);
    const outcomes = await removeEachOther(server, { team, admins, meetAgain: false });
    const broken = outcomes.filter(({ status }) => status === "rejected");
    expect(broken).toMatchObject([{ reason: expect.any(DatabaseBusy) }]);
  });

  it("ends without an admin, when they do so out of turn and hold nothing", async () => {
    const loose = await startTestServer();
    await loose.database.owner(
      `CREATE OR REPLACE FUNCTION projo_enter(a_user UUID, a_roles TEXT[], a_locked BOOLEAN) RETURNS VOID
       LANGUAGE sql AS ''`,
    );
    const team = await newTeam(loose);
    const admins = [team.founder, await joined(loose, team, "admin")];
    await removeEachOther(loose, { team, admins, meetAgain: true });
    expect(await adminsOf(loose, team)).toBe(0);
    await loose.close();
  });
});

/** Two who enter, meet, and then remove each other. @param meetAgain so that neither commits before the other has removed */
async function removeEachOther(
  { database: { db } }: TestServer,
  { team, admins, meetAgain }: { team: Team; admins: readonly Person[]; meetAgain: boolean },
): Promise<PromiseSettledResult<void>[]> {
  const [entered, removed] = [meetingOf(admins.length), meetingOf(admins.length)];
  const removals = admins.map((admin, place) => {
    const grant = authorize({ workspaceId: team.id, userId: admin.id, role: "admin" }, "member:manage");
    return db.write(grant, async ({ sql: { members } }) => {
      await members.list({ after: undefined, limit: 1, role: undefined });
      await entered();
      await members.remove(at(admins, place + 1).id, admin.id);
      if (meetAgain) await removed();
    });
  });
  return Promise.allSettled(removals);
}

/** Where so many wait for each other. */
function meetingOf(count: number): () => Promise<unknown> {
  const door = new EventEmitter();
  const complete = once(door, "complete");
  let missing = count;
  return () => {
    missing -= 1;
    if (missing === 0) door.emit("complete");
    return complete;
  };
}
