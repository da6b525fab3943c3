import { EventEmitter, once } from "node:events";
import { authorize } from "@projostack/authz";
import { DatabaseBusy } from "@projostack/db";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { again, startTestServer, type Answer, type Person, type TestServer } from "../kit/index.ts";
import { CALLERS, ROUNDS, ROUNDS_TIMEOUT_MS } from "./rounds.ts";
import { raceAtLock, withOwners } from "./lock-waits.ts";
import { adminsOf, joined, newTeam, putIn, type Team } from "./team.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Creates a team of `count` admins and no other members. */
async function teamOfAdmins(count: number): Promise<{ team: Team; admins: Person[] }> {
  const team = await newTeam(server);
  const others = await Promise.all(Array.from({ length: count - 1 }, () => joined(server, team, "admin")));
  return { team, admins: [team.founder, ...others] };
}

const restoreAdmins = (team: Team, admins: readonly Person[]) =>
  Promise.all(admins.map((admin) => putIn(server, team, admin, "admin")));

/** Returns the person at an index, counted from the start again after the end. */
function at(people: readonly Person[], index: number): Person {
  const person = people[index % people.length];
  if (!person) throw new Error("The list is empty.");
  return person;
}

const acts: readonly ((by: Person, other: Person, workspaceId: string) => Promise<Answer>)[] = [
  (by, other, id) => by.call("members.changeRole", { userId: other.id, role: "viewer" }, id),
  (by, other, id) => by.call("members.remove", { userId: other.id }, id),
  (by, _, id) => by.call("workspaces.leave", { workspaceId: id }),
  (by, _, id) => by.call("members.changeRole", { userId: by.id, role: "member" }, id),
];

describe("Twenty concurrent demotions, removals and departures", () => {
  it.each([2, 3, CALLERS])(
    "M1 leave a workspace of %i admins with an admin, and none fails with a server error",
    async (count) => {
      const { team, admins } = await teamOfAdmins(count);
      const callers = await Promise.all(
        Array.from({ length: CALLERS }, (_, index) => again(server, at(admins, index))),
      );
      const lock = "SELECT FROM workspaces WHERE id = $1 FOR UPDATE";
      const statuses = new Set<number>();
      for (let round = 0; round < ROUNDS; round += 1) {
        const answers = await raceAtLock(server, { lock, values: [team.id], until: 10 }, () =>
          Promise.all(
            callers.map(async (caller, index) => {
              const act = acts[(index + round) % acts.length];
              return act?.(caller, at(admins, index + 1), team.id);
            }),
          ),
        );
        for (const answer of answers) statuses.add(answer?.status ?? 0);
        expect(await adminsOf(server, team), `round ${round}`).toBeGreaterThanOrEqual(1);
        await restoreAdmins(team, admins);
      }
      expect([...statuses].filter((status) => ![200, 403, 404, 409].includes(status))).toEqual([]);
      expect(statuses).toContain(200);
    },
    ROUNDS_TIMEOUT_MS,
  );

  it("M1 leave the last admin in place, with a message that says why", async () => {
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

// These tests replace the server's lock with a weaker check. They show that the race above needs the lock.
describe("The same race with a weaker check", () => {
  const demote = "UPDATE workspace_members SET role = 'viewer' WHERE workspace_id = $1 AND user_id = $2";
  const count =
    "SELECT count(*)::integer AS admins FROM workspace_members WHERE workspace_id = $1 AND role = 'admin'";

  it(
    "ends without an admin when each transaction counts the admins before its update",
    async () => {
      const { team, admins } = await teamOfAdmins(CALLERS);
      const roundsWithoutAdmin = await withOwners(server, CALLERS, async (callers) => {
        let withoutAdmin = 0;
        for (let round = 0; round < ROUNDS; round += 1) {
          await Promise.all(callers.map((caller) => caller.query("BEGIN")));
          const seen = await Promise.all(callers.map((caller) => caller.query(count, [team.id])));
          await Promise.all(
            callers.map(async (caller, index) => {
              if (seen[index]?.rows[0].admins > 1)
                await caller.query(demote, [team.id, at(admins, index).id]);
              await caller.query("COMMIT");
            }),
          );
          if ((await adminsOf(server, team)) === 0) withoutAdmin += 1;
          await restoreAdmins(team, admins);
        }
        return withoutAdmin;
      });
      expect(roundsWithoutAdmin).toBeGreaterThan(0);
    },
    ROUNDS_TIMEOUT_MS,
  );

  it(
    "ends without an admin when the update itself counts the admins",
    async () => {
      const { team, admins } = await teamOfAdmins(CALLERS);
      const lock = "SELECT FROM workspace_members WHERE workspace_id = $1 FOR SHARE";
      const roundsWithoutAdmin = await withOwners(server, CALLERS, async (callers) => {
        let withoutAdmin = 0;
        for (let round = 0; round < ROUNDS; round += 1) {
          await raceAtLock(server, { lock, values: [team.id], until: CALLERS }, () =>
            Promise.all(
              callers.map((caller, index) =>
                caller.query(`${demote} AND (${count}) > 1`, [team.id, at(admins, index).id]),
              ),
            ),
          );
          if ((await adminsOf(server, team)) === 0) withoutAdmin += 1;
          await restoreAdmins(team, admins);
        }
        return withoutAdmin;
      });
      expect(roundsWithoutAdmin).toBeGreaterThan(0);
    },
    ROUNDS_TIMEOUT_MS,
  );

  it("ends in a deadlock when two admins lock their own membership and remove each other without the workspace lock", async () => {
    const { team, admins } = await teamOfAdmins(2);
    const outcomes = await removeEachOther(server, { team, admins, meetAgain: false });
    const broken = outcomes.filter(({ status }) => status === "rejected");
    expect(broken).toMatchObject([{ reason: expect.any(DatabaseBusy) }]);
  });

  it("ends without an admin when two admins remove each other without any lock", async () => {
    const unlocked = await startTestServer();
    await unlocked.database.owner(
      `CREATE OR REPLACE FUNCTION projo_enter(a_user UUID, a_roles TEXT[], a_locked BOOLEAN) RETURNS VOID
       LANGUAGE sql AS ''`,
    );
    const team = await newTeam(unlocked);
    const admins = [team.founder, await joined(unlocked, team, "admin")];
    await removeEachOther(unlocked, { team, admins, meetAgain: true });
    expect(await adminsOf(unlocked, team)).toBe(0);
    await unlocked.close();
  });
});

/** Two admins open a transaction each and remove each other. @param meetAgain if true, neither commits before both have removed */
async function removeEachOther(
  { database: { db } }: TestServer,
  { team, admins, meetAgain }: { team: Team; admins: readonly Person[]; meetAgain: boolean },
): Promise<PromiseSettledResult<void>[]> {
  const [entered, removed] = [barrierOf(admins.length), barrierOf(admins.length)];
  const removals = admins.map((admin, index) => {
    const grant = authorize({ workspaceId: team.id, userId: admin.id, role: "admin" }, "member:manage");
    return db.write(grant, async ({ sql: { members } }) => {
      await members.list({ after: undefined, limit: 1, role: undefined });
      await entered();
      await members.remove({
        userId: at(admins, index + 1).id,
        byUserId: admin.id,
        isNotified: false,
      });
      if (meetAgain) await removed();
    });
  });
  return Promise.allSettled(removals);
}

/** Returns a function whose promise resolves when it has been called `count` times. */
function barrierOf(count: number): () => Promise<unknown> {
  const barrier = new EventEmitter();
  const complete = once(barrier, "complete");
  let missing = count;
  return () => {
    missing -= 1;
    if (missing === 0) barrier.emit("complete");
    return complete;
  };
}
