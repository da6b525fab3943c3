import { randomUUID } from "node:crypto";
import { authorize, type Grant, type Permission } from "@projostack/authz";
import { MembershipChanged, type TenantWrite } from "@projostack/db";
import { untilWaiting } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { again, call, startTestServer, type Answer, type Person, type TestServer } from "../kit/index.ts";
import { CALLERS, ROUNDS, ROUNDS_TIMEOUT_MS } from "./rounds.ts";
import { holdOpen, raceAtLock, type OpenTransaction } from "./lock-waits.ts";
import { joined, keyOf, newTeam, putIn, type Team } from "./team.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

interface Fixture {
  readonly team: Team;
  readonly member: Person;
  readonly key: { id: string; token: string };
}

async function newFixture(where = server): Promise<Fixture> {
  const team = await newTeam(where);
  return { team, member: await joined(where, team, "member"), key: await keyOf(team.founder, team) };
}

type Act = (fixture: Fixture) => Promise<Answer>;
const remove: Act = ({ team, member }) => team.founder.call("members.remove", { userId: member.id }, team.id);
const demote: Act = ({ team, member }) =>
  team.founder.call("members.changeRole", { userId: member.id, role: "viewer" }, team.id);
const leave: Act = ({ team, member }) => member.call("workspaces.leave", { workspaceId: team.id });
const revoke: Act = ({ team, key }) => team.founder.call("serviceKeys.revoke", { id: key.id }, team.id);
const deleteAll: Act = ({ team }) => team.founder.call("workspaces.delete", { name: team.name }, team.id);

const asMember = ({ team, member }: Fixture): Grant =>
  authorize({ workspaceId: team.id, userId: member.id, role: "member" }, "project:write");
const asKey = ({ team, key }: Fixture): Grant => {
  const scopes: readonly Permission[] = ["project:write"];
  const { id: userId } = team.founder;
  return authorize(
    { workspaceId: team.id, userId, role: "member", key: { id: key.id, scopes } },
    "project:write",
  );
};

const writeIn = ({ database: { db } }: TestServer, { team }: Fixture, grant: Grant) => ({
  begin: (work: (tables: TenantWrite) => Promise<unknown>) => db.write(grant, work),
  work: ({ project }: TenantWrite) =>
    project.create({
      data: { id: randomUUID(), workspaceId: team.id, name: "Written", createdBy: team.founder.id },
      select: { id: true },
    }),
});

/** Begins a transaction that has written a row and has not committed. */
function openWrite(fixture: Fixture, grant: Grant, where = server): Promise<OpenTransaction<unknown>> {
  const { begin, work } = writeIn(where, fixture, grant);
  return holdOpen(begin, work);
}

async function written({ team }: Fixture, where = server): Promise<number> {
  const rows = await where.database.owner("SELECT FROM projects WHERE workspace_id = $1", [team.id]);
  return rows.length;
}

const ends: readonly [string, Act, (fixture: Fixture) => Grant][] = [
  ["The removal of a member", remove, asMember],
  ["The demotion of a member", demote, asMember],
  ["The departure of a member", leave, asMember],
  ["The revocation of a key", revoke, asKey],
  ["The deletion of a workspace (member's write)", deleteAll, asMember],
  ["The deletion of a workspace (key's write)", deleteAll, asKey],
];

describe.each(ends)("%s", (_, end, grantOf) => {
  it("M3 waits for a write that has begun, and prevents every later write", async () => {
    const fixture = await newFixture();
    const open = await openWrite(fixture, grantOf(fixture));
    let hasAnswered = false;
    const ending = end(fixture).finally(() => {
      hasAnswered = true;
    });
    await untilWaiting(server.database, 1);
    expect(hasAnswered).toBe(false);
    expect(await written(fixture)).toBe(0);
    await open.commit();
    expect((await ending).status).toBe(200);
    expect(await written(fixture)).toBe(1);
    await expect(openWrite(fixture, grantOf(fixture))).rejects.toThrow(MembershipChanged);
    expect(await written(fixture)).toBe(1);
  });
});

describe("A write that begins while its right is being withdrawn", () => {
  it.each([
    ["by a removed member", "DELETE FROM workspace_members WHERE user_id = $1", "workspace.not_found"],
    [
      "by a demoted member",
      "UPDATE workspace_members SET role = 'viewer' WHERE user_id = $1",
      "permission.denied",
    ],
  ])("M3 waits and is then refused: %s", async (_, change, reason) => {
    const fixture = await newFixture();
    const answer = await raceAtLock(server, { lock: change, values: [fixture.member.id], until: 1 }, () =>
      fixture.member.call("projects.create", { name: "Late" }, fixture.team.id),
    );
    expect(answer.error).toMatchObject({ reason });
    expect(await written(fixture)).toBe(0);
  });

  it("M3 waits and is then refused: by a revoked key", async () => {
    const { key } = await newFixture();
    const lock = "UPDATE service_keys SET revoked_at = now() WHERE id = $1";
    const answer = await raceAtLock(server, { lock, values: [key.id], until: 1 }, () =>
      call(server.url, "projects.create", { token: key.token, input: { name: "Late" } }),
    );
    expect(answer.error).toMatchObject({ reason: "auth.unauthenticated" });
  });
});

describe("Twenty concurrent writes during the withdrawal of their right", () => {
  /** Runs the writes and the withdrawal concurrently: all wait for one locked row, which is then released. */
  async function race(fixture: Fixture, end: Act, callers: readonly Caller[]): Promise<Raced> {
    const lock = "SELECT FROM workspace_members WHERE workspace_id = $1 FOR UPDATE";
    let whenAnswered = Number.NaN;
    const answers = await raceAtLock(server, { lock, values: [fixture.team.id], until: 8 }, () => {
      const writes = callers.map((write, place) => write(`Write ${place}`));
      const ending = end(fixture).then(async (answer) => {
        whenAnswered = await written(fixture);
        return answer;
      });
      return Promise.all([ending, ...writes]);
    });
    return { answers, whenAnswered, atTheEnd: await written(fixture) };
  }
  interface Raced {
    readonly answers: readonly Answer[];
    readonly whenAnswered: number;
    readonly atTheEnd: number;
  }
  type Caller = (name: string) => Promise<Answer>;

  it(
    "M3 commit nothing after the removal has returned",
    async () => {
      const fixture = await newFixture();
      const sessions = await Promise.all(
        Array.from({ length: CALLERS }, () => again(server, fixture.member)),
      );
      const callers = sessions.map(
        (session): Caller =>
          (name) =>
            session.call("projects.create", { name }, fixture.team.id),
      );
      for (let round = 0; round < ROUNDS; round += 1) {
        const raced = await race(fixture, remove, callers);
        expect(raced.answers[0]?.status).toBe(200);
        expect(raced.atTheEnd, `round ${round}`).toBe(raced.whenAnswered);
        expect(raced.answers.filter(({ status }) => status >= 500)).toEqual([]);
        await putIn(server, fixture.team, fixture.member, "member");
      }
    },
    ROUNDS_TIMEOUT_MS,
  );

  it(
    "M3 commit nothing after the deletion has returned, neither for users nor for service keys",
    async () => {
      const fixture = await newFixture();
      const sessions = await Promise.all(
        Array.from({ length: CALLERS / 2 }, () => again(server, fixture.member)),
      );
      const callers = sessions.flatMap((session): Caller[] => [
        (name) => session.call("projects.create", { name }, fixture.team.id),
        (name) => call(server.url, "projects.create", { token: fixture.key.token, input: { name } }),
      ]);
      for (let round = 0; round < ROUNDS; round += 1) {
        const raced = await race(fixture, deleteAll, callers);
        expect(raced.answers[0]?.status).toBe(200);
        expect(raced.atTheEnd, `round ${round}`).toBe(raced.whenAnswered);
        expect(raced.answers.filter(({ status }) => status >= 500)).toEqual([]);
        const back = await fixture.team.founder.call("workspaces.restore", { workspaceId: fixture.team.id });
        expect(back.status).toBe(200);
      }
    },
    ROUNDS_TIMEOUT_MS,
  );
});

// These tests remove the row lock from the access check. They show that the promise above needs the lock.
describe("An access check without the row lock", () => {
  let unlocked: TestServer;
  beforeAll(async () => {
    unlocked = await startTestServer();
    for (const name of ["projo_enter", "projo_enter_by_key"]) {
      const [row] = await unlocked.database.owner<{ definition: string }>(
        "SELECT pg_get_functiondef(oid) AS definition FROM pg_proc WHERE proname = $1",
        [name],
      );
      const [before = "", after = ""] = row?.definition.split(/FOR SHARE/) ?? [];
      await unlocked.database.owner(before + after);
    }
  });
  afterAll(() => unlocked.close());

  it.each(ends)(
    "lets a write commit afterwards: %s",
    async (_, end, grantOf) => {
      let late = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const fixture = await newFixture(unlocked);
        const open = await openWrite(fixture, grantOf(fixture), unlocked);
        expect((await end(fixture)).status).toBe(200);
        const whenAnswered = await written(fixture, unlocked);
        await open.commit();
        late += (await written(fixture, unlocked)) - whenAnswered;
      }
      expect(late).toBeGreaterThan(0);
    },
    ROUNDS_TIMEOUT_MS,
  );
});
