import { randomUUID } from "node:crypto";
import { authorize, type Grant, type Permission } from "@projostack/authz";
import { MembershipChanged, type TenantWrite } from "@projostack/db";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { again, call, startTestServer, type Answer, type Person, type TestServer } from "../kit/index.ts";
import { CALLERS, ROUNDS, ROUNDS_MS } from "./rounds.ts";
import { heldOpen, standstill, waiting, type Open } from "./standstill.ts";
import { joined, keyOf, newTeam, putIn, type Team } from "./team.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

interface Scene {
  readonly team: Team;
  readonly member: Person;
  readonly key: { id: string; token: string };
}

async function newScene(where = server): Promise<Scene> {
  const team = await newTeam(where);
  return { team, member: await joined(where, team, "member"), key: await keyOf(team.founder, team) };
}

type Act = (scene: Scene) => Promise<Answer>;
const remove: Act = ({ team, member }) => team.founder.call("members.remove", { userId: member.id }, team.id);
const demote: Act = ({ team, member }) =>
  team.founder.call("members.changeRole", { userId: member.id, role: "viewer" }, team.id);
const leave: Act = ({ team, member }) => member.call("workspaces.leave", { workspaceId: team.id });
const revoke: Act = ({ team, key }) => team.founder.call("serviceKeys.revoke", { id: key.id }, team.id);
const deleteAll: Act = ({ team }) => team.founder.call("workspaces.delete", { name: team.name }, team.id);

const asMember = ({ team, member }: Scene): Grant =>
  authorize({ workspaceId: team.id, userId: member.id, role: "member" }, "project:write");
const asKey = ({ team, key }: Scene): Grant => {
  const scopes: readonly Permission[] = ["project:write"];
  const { id: userId } = team.founder;
  return authorize(
    { workspaceId: team.id, userId, role: "member", key: { id: key.id, scopes } },
    "project:write",
  );
};

const writeIn = ({ database: { db } }: TestServer, { team }: Scene, grant: Grant) => ({
  begin: (work: (tables: TenantWrite) => Promise<unknown>) => db.write(grant, work),
  work: ({ project }: TenantWrite) =>
    project.create({
      data: { id: randomUUID(), workspaceId: team.id, name: "Written", createdBy: team.founder.id },
      select: { id: true },
    }),
});

/** A write that has written, and has not committed. */
function openWrite(scene: Scene, grant: Grant, where = server): Promise<Open<unknown>> {
  const { begin, work } = writeIn(where, scene, grant);
  return heldOpen(begin, work);
}

async function written({ team }: Scene, where = server): Promise<number> {
  const rows = await where.database.owner("SELECT FROM projects WHERE workspace_id = $1", [team.id]);
  return rows.length;
}

const ends: readonly [string, Act, (scene: Scene) => Grant][] = [
  ["a member's removal", remove, asMember],
  ["a member's demotion", demote, asMember],
  ["a member's leaving", leave, asMember],
  ["a key's revocation", revoke, asKey],
  ["a workspace's deletion, for a member,", deleteAll, asMember],
  ["a workspace's deletion, for a key,", deleteAll, asKey],
];

describe.each(ends)("%s", (_, end, grantOf) => {
  it("M3 waits for the write that has begun, and lets none begin after it", async () => {
    const scene = await newScene();
    const open = await openWrite(scene, grantOf(scene));
    let answered = false;
    const ending = end(scene).finally(() => {
      answered = true;
    });
    await waiting(server, 1);
    expect(answered).toBe(false);
    expect(await written(scene)).toBe(0);
    await open.commit();
    expect((await ending).status).toBe(200);
    expect(await written(scene)).toBe(1);
    await expect(openWrite(scene, grantOf(scene))).rejects.toThrow(MembershipChanged);
    expect(await written(scene)).toBe(1);
  });
});

describe("a write that begins while its right is being ended", () => {
  it.each([
    ["of a member who is removed", "DELETE FROM workspace_members WHERE user_id = $1", "workspace.not_found"],
    [
      "of a member who is demoted",
      "UPDATE workspace_members SET role = 'viewer' WHERE user_id = $1",
      "permission.denied",
    ],
  ])("M3 waits, and is refused: %s", async (_, change, reason) => {
    const scene = await newScene();
    const answer = await standstill(server, { lock: change, values: [scene.member.id], until: 1 }, () =>
      scene.member.call("projects.create", { name: "Late" }, scene.team.id),
    );
    expect(answer.error).toMatchObject({ reason });
    expect(await written(scene)).toBe(0);
  });

  it("M3 waits, and is refused: of a key that is revoked", async () => {
    const { key } = await newScene();
    const lock = "UPDATE service_keys SET revoked_at = now() WHERE id = $1";
    const answer = await standstill(server, { lock, values: [key.id], until: 1 }, () =>
      call(server.url, "projects.create", { token: key.token, input: { name: "Late" } }),
    );
    expect(answer.error).toMatchObject({ reason: "auth.unauthenticated" });
  });
});

describe("twenty writes at once, and the end of their right among them,", () => {
  /** The writes and the end meet at the row that both need, and are let go together. */
  async function race(scene: Scene, end: Act, callers: readonly Caller[]): Promise<Raced> {
    const lock = "SELECT FROM workspace_members WHERE workspace_id = $1 FOR UPDATE";
    let atItsAnswer = Number.NaN;
    const answers = await standstill(server, { lock, values: [scene.team.id], until: 8 }, () => {
      const writes = callers.map((write, place) => write(`Write ${place}`));
      const ending = end(scene).then(async (answer) => {
        atItsAnswer = await written(scene);
        return answer;
      });
      return Promise.all([ending, ...writes]);
    });
    return { answers, atItsAnswer, afterAll: await written(scene) };
  }
  interface Raced {
    readonly answers: readonly Answer[];
    readonly atItsAnswer: number;
    readonly afterAll: number;
  }
  type Caller = (name: string) => Promise<Answer>;

  it(
    "M3 leave nothing behind that was committed after a removal was answered",
    async () => {
      const scene = await newScene();
      const sessions = await Promise.all(Array.from({ length: CALLERS }, () => again(server, scene.member)));
      const callers = sessions.map(
        (session): Caller =>
          (name) =>
            session.call("projects.create", { name }, scene.team.id),
      );
      for (let round = 0; round < ROUNDS; round += 1) {
        const raced = await race(scene, remove, callers);
        expect(raced.answers[0]?.status).toBe(200);
        expect(raced.afterAll, `round ${round}`).toBe(raced.atItsAnswer);
        expect(raced.answers.filter(({ status }) => status >= 500)).toEqual([]);
        await putIn(server, scene.team, scene.member, "member");
      }
    },
    ROUNDS_MS,
  );

  it(
    "M3 leave nothing behind that was committed after a deletion was answered, people's or services'",
    async () => {
      const scene = await newScene();
      const sessions = await Promise.all(
        Array.from({ length: CALLERS / 2 }, () => again(server, scene.member)),
      );
      const callers = sessions.flatMap((session): Caller[] => [
        (name) => session.call("projects.create", { name }, scene.team.id),
        (name) => call(server.url, "projects.create", { token: scene.key.token, input: { name } }),
      ]);
      for (let round = 0; round < ROUNDS; round += 1) {
        const raced = await race(scene, deleteAll, callers);
        expect(raced.answers[0]?.status).toBe(200);
        expect(raced.afterAll, `round ${round}`).toBe(raced.atItsAnswer);
        expect(raced.answers.filter(({ status }) => status >= 500)).toEqual([]);
        const back = await scene.team.founder.call("workspaces.restore", { workspaceId: scene.team.id });
        expect(back.status).toBe(200);
      }
    },
    ROUNDS_MS,
  );
});

// What the lock is for: the same door, which looks and does not hold.
describe("a door that only looks", () => {
  let loose: TestServer;
  beforeAll(async () => {
    loose = await startTestServer();
    for (const door of ["projo_enter", "projo_enter_by_key"]) {
      const [row] = await loose.database.owner<{ definition: string }>(
        "SELECT pg_get_functiondef(oid) AS definition FROM pg_proc WHERE proname = $1",
        [door],
      );
      const [before = "", after = ""] = row?.definition.split(/FOR SHARE/) ?? [];
      await loose.database.owner(before + after);
    }
  });
  afterAll(() => loose.close());

  it.each(ends)(
    "lets a write commit after %s was answered",
    async (_, end, grantOf) => {
      let late = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const scene = await newScene(loose);
        const open = await openWrite(scene, grantOf(scene), loose);
        expect((await end(scene)).status).toBe(200);
        const atItsAnswer = await written(scene, loose);
        await open.commit();
        late += (await written(scene, loose)) - atItsAnswer;
      }
      expect(late).toBeGreaterThan(0);
    },
    ROUNDS_MS,
  );
});
