// Refused calls are recorded too, up to a limit, so that refused calls cannot fill a log.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sessionPseudonym } from "../../src/identity/sessions/session-pseudonym.ts";
import { bytesOf, call, startTestServer, type Answer, type Call, type TestServer } from "../kit/index.ts";
import { joined, keyOf, newcomer, newTeam, type Team } from "../members/team.ts";
import { verifyAll } from "./long-log.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const entriesOf = async ({ founder, id }: Team, filter: object = {}) =>
  (await founder.call("audit.list", { limit: 100, ...filter }, id)).data.items as Record<string, unknown>[];

/** Returns the number of entries in the workspace's log, as the owner of the database sees it. */
async function countOf({ id }: Team): Promise<number> {
  const [row] = await server.database.owner<{ entries: number }>(
    "SELECT count(*)::int AS entries FROM audit_logs WHERE workspace_id = $1",
    [id],
  );
  return row?.entries ?? 0;
}

describe("refused calls", () => {
  const denied = { action: "access.denied" };

  it("records the denied call of a member or a key, and nothing else", async () => {
    const team = await newTeam(server);
    const viewer = await joined(server, team, "viewer");
    const key = await keyOf(team.founder, team, ["task:read"], "viewer");
    const requestId = randomUUID();
    const as = (token: string): Call => ({
      token,
      workspaceId: team.id,
      input: { userId: viewer.id },
      headers: { "x-request-id": requestId },
    });
    expect((await call(server.url, "members.remove", as(viewer.token))).status).toBe(403);
    expect((await call(server.url, "members.remove", as(key.token))).status).toBe(403);
    const sessionId = sessionPseudonym(server.keys, { workspaceId: team.id, sessionId: viewer.sessionId });
    const about = {
      outcome: "denied",
      target: { type: "operation", id: "members.remove" },
      requestId,
      ip: "127.0.0.1",
    };
    expect(await entriesOf(team, denied)).toMatchObject([
      { ...about, actor: { kind: "key", userId: null, keyId: key.id }, sessionId: null },
      { ...about, actor: { kind: "user", userId: viewer.id, keyId: null }, sessionId },
    ]);
    // A denied query is recorded as well.
    expect((await viewer.call("audit.list", {}, team.id)).status).toBe(403);
    expect((await entriesOf(team, denied))[0]).toMatchObject({ target: { id: "audit.list" } });
  });

  it("records only 100 denied calls an hour, and the answers do not show which", async () => {
    const team = await newTeam(server);
    const viewer = await joined(server, team, "viewer");
    const { data: project } = await team.founder.call("projects.create", { name: "A project" }, team.id);
    const asked: Call = {
      token: viewer.token,
      workspaceId: team.id,
      input: { id: project.id },
      headers: { "x-request-id": randomUUID() },
    };
    const answers: Answer[] = [];
    for (let round = 0; round < 11; round += 1) {
      const ten = Array.from({ length: 10 }, () => call(server.url, "projects.delete", asked));
      answers.push(...(await Promise.all(ten)));
    }
    expect(new Set(answers.map(bytesOf)).size).toBe(1);
    expect(answers[0]?.status).toBe(403);
    const entries = await entriesOf(team, denied);
    expect(entries).toHaveLength(100);
    expect((await verifyAll(team)).at(-1)).toMatchObject({ intact: true });
    // Successful calls are still recorded.
    await team.founder.call("projects.delete", { id: project.id }, team.id);
    expect((await entriesOf(team))[0]).toMatchObject({ action: "project.deleted" });
    expect(await countOf(team)).toBe(102);
  });

  it("records no call of a user or a key that is not a member of the workspace", async () => {
    const team = await newTeam(server);
    const [stranger, ofOther] = [await newcomer(server), await newTeam(server)];
    const key = await keyOf(ofOther.founder, ofOther);
    for (const token of [stranger.token, ofOther.founder.token, key.token, undefined]) {
      for (const name of ["audit.list", "members.list", "tasks.list"]) {
        const { status } = await call(server.url, name, { token, workspaceId: team.id, input: {} });
        expect(status).toBe(token === undefined ? 401 : 404);
      }
    }
    expect(await countOf(team)).toBe(1);
    // Their own log has no entry of it either.
    expect(await countOf(ofOther)).toBe(2);
  });
});
