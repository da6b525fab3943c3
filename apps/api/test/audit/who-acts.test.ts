/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the promises it serves */
// The audit log names the user or key that acted, only admins read it, and a change and its entry commit together.
import { randomUUID } from "node:crypto";
import { authorize } from "@projostack/authz";
import { verifyChain } from "@projostack/db";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sessionPseudonym } from "../../src/identity/sessions/session-pseudonym.ts";
import { call, startTestServer, type Answer, type TestServer } from "../kit/index.ts";
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

const reading: [string, object][] = [
  ["audit.list", {}],
  ["audit.verify", {}],
  ["audit.checkpoint", {}],
  ["audit.export", {}],
];

describe("access to the audit log", () => {
  it("U6 allows only admins of the workspace and their keys with the scope to read it", async () => {
    const [team, other] = [await newTeam(server), await newTeam(server)];
    const [viewer, member, admin] = [
      await joined(server, team, "viewer"),
      await joined(server, team, "member"),
      await joined(server, team, "admin"),
    ];
    const reader = await keyOf(team.founder, team, ["audit:read"], "admin");
    const narrow = await keyOf(team.founder, team, ["workspace:read", "member:manage"], "admin");
    const low = await keyOf(team.founder, team, ["task:read", "task:write"], "member");
    const elsewhere = await keyOf(other.founder, other, ["audit:read"], "admin");
    const asked: [string, string | undefined, string][] = [
      ["an admin", admin.token, "200"],
      ["an admin's key", reader.token, "200"],
      ["an admin's key for other things", narrow.token, "403 permission.denied"],
      ["a member's key", low.token, "403 permission.denied"],
      ["a member", member.token, "403 permission.denied"],
      ["a viewer", viewer.token, "403 permission.denied"],
      ["an admin of another", other.founder.token, "404 workspace.not_found"],
      ["a key of another", elsewhere.token, "404 workspace.not_found"],
      ["nobody", undefined, "401 auth.unauthenticated"],
    ];
    for (const [operation, input] of reading) {
      for (const [who, token, expected] of asked) {
        const { status, error, data } = await call(server.url, operation, {
          token,
          workspaceId: team.id,
          input,
        });
        const answer = error ? `${status} ${error.reason}` : String(status);
        expect(answer, `${operation} by ${who}`).toBe(expected);
        expect(data === undefined).toBe(expected !== "200");
      }
    }
    // A former admin cannot read it from the next request on.
    await team.founder.call("members.changeRole", { userId: admin.id, role: "member" }, team.id);
    expect((await admin.call("audit.list", {}, team.id)).status).toBe(403);
    // The server creates no key that reads the log with less than the role admin.
    const weak = await team.founder.call(
      "serviceKeys.create",
      { name: "Weak", role: "member", scopes: ["audit:read"] },
      team.id,
    );
    expect(weak.status).toBe(400);
  });

  it("U6 shows an admin of two workspaces the entries of one workspace only", async () => {
    const team = await newTeam(server, "One");
    const { data } = await team.founder.call("workspaces.create", { name: "Two" });
    const two = { ...team, id: String(data.id) };
    expect(await entriesOf(team)).toMatchObject([{ seq: 1, target: { id: team.id } }]);
    expect(await entriesOf(two)).toMatchObject([{ seq: 1, target: { id: two.id } }]);
  });

  it("U8 keeps the log when the workspace is deleted, restored and purged", async () => {
    const team = await newTeam(server);
    const { founder, id } = team;
    const before = await entriesOf(team);
    await founder.call("workspaces.delete", { name: team.name }, id);
    expect((await founder.call("audit.list", {}, id)).status).toBe(404);
    expect(await countOf(team)).toBe(2);
    await founder.call("workspaces.restore", { workspaceId: id });
    const after = await entriesOf(team);
    expect(after.map(({ action }) => action)).toEqual([
      "workspace.restored",
      "workspace.deleted",
      "workspace.created",
    ]);
    expect(after.slice(-1)).toEqual(before);
    expect((await verifyAll(team)).at(-1)).toMatchObject({ intact: true, last: { seq: 3 } });

    await founder.call("workspaces.delete", { name: team.name }, id);
    await server.database.owner(
      "UPDATE workspaces SET deleted_at = now() - interval '31 days' WHERE id = $1",
      [id],
    );
    expect(await server.database.db.purgeWorkspaces()).toEqual({ purged: [id], problems: [] });
    const grant = authorize({ workspaceId: id, userId: founder.id, role: "admin" }, "audit:read");
    const rows = await server.database.db.read(grant, ({ sql: { audit } }) =>
      audit.page({ afterSeq: 0, limit: 10 }),
    );
    expect(await verifyChain(rows, { workspaceId: id })).toMatchObject({ intact: true, lastSeq: 5 });
    expect(JSON.parse(rows.at(-1)?.text ?? "")).toMatchObject({
      action: "workspace.purged",
      actorKind: "system",
      actorUserId: null,
      targetId: id,
    });
  });
});

describe("the actor of an audit entry", () => {
  it("U7 equals the authenticated user, whatever the request claims", async () => {
    const team = await newTeam(server);
    const { founder, id } = team;
    const victim = await joined(server, team, "admin");
    const { data: project } = await founder.call("projects.create", { name: "A project" }, id);
    const requestId = randomUUID();
    const lies = { "x-user-id": victim.id, "x-forwarded-for": "203.0.113.9", "x-real-ip": "203.0.113.9" };
    const asked = (input: object): Promise<Answer> =>
      call(server.url, "projects.delete", {
        token: founder.token,
        workspaceId: id,
        input,
        headers: { "x-request-id": requestId, "user-agent": "a browser", ...lies },
      });
    for (const lie of [{ actorUserId: victim.id }, { userId: victim.id }, { actor: { userId: victim.id } }])
      expect((await asked({ id: project.id, ...lie })).status).toBe(400);
    expect((await asked({ id: project.id })).status).toBe(200);
    expect(await entriesOf(team, { action: "project.deleted" })).toMatchObject([
      {
        outcome: "ok",
        actor: { kind: "user", userId: founder.id, keyId: null },
        target: { type: "project", id: project.id },
        before: { name: "A project" },
        requestId,
        sessionId: sessionPseudonym(server.keys, { workspaceId: id, sessionId: founder.sessionId }),
        ip: "127.0.0.1",
        userAgent: "a browser",
      },
    ]);
    expect(await entriesOf(team, { actorUserId: victim.id })).toEqual([]);
  });

  it("U7 equals the service key, and not the user who created it", async () => {
    const team = await newTeam(server);
    const { data: project } = await team.founder.call("projects.create", { name: "A project" }, team.id);
    const key = await keyOf(team.founder, team, ["project:delete"], "admin");
    const { status } = await call(server.url, "projects.delete", {
      token: key.token,
      input: { id: project.id },
    });
    expect(status).toBe(200);
    expect(await entriesOf(team, { action: "project.deleted" })).toMatchObject([
      { actor: { kind: "key", userId: null, keyId: key.id }, sessionId: null, ip: "127.0.0.1" },
    ]);
  });

  it("U7 of an account event is the user and the session", async () => {
    const person = await newcomer(server);
    await call(server.url, "auth.signOut", {
      token: person.token,
      headers: { "x-request-id": "00000000-0000-4000-8000-000000000001", "user-agent": "a browser" },
    });
    const events = await server.database.owner(
      `SELECT action, outcome, session_id AS session, request_id AS request, ip, user_agent AS agent
         FROM account_events WHERE user_id = $1`,
      [person.id],
    );
    expect(events).toEqual([
      {
        action: "session.ended",
        outcome: "ok",
        session: person.sessionId,
        request: "00000000-0000-4000-8000-000000000001",
        ip: "127.0.0.1",
        agent: "a browser",
      },
    ]);
  });
});

describe("U1 a change and its audit entry", () => {
  /** Runs the work while a trigger makes writes to the table fail. */
  async function withTrigger<T>(table: string, when: string, work: () => Promise<T>): Promise<T> {
    await server.database.owner(
      `CREATE FUNCTION break_it() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken on purpose'; END $$;
       CREATE CONSTRAINT TRIGGER break_it AFTER INSERT OR DELETE ON ${table} ${when} FOR EACH ROW EXECUTE FUNCTION break_it()`,
    );
    try {
      return await work();
    } finally {
      await server.database.owner(`DROP TRIGGER break_it ON ${table}; DROP FUNCTION break_it()`);
    }
  }

  it.each([
    ["the entry cannot be written", "audit_logs", ""],
    ["the change cannot be written", "projects", ""],
    ["the transaction cannot commit", "projects", "DEFERRABLE INITIALLY DEFERRED"],
    ["the commit fails because of the entry", "audit_logs", "DEFERRABLE INITIALLY DEFERRED"],
  ])("U1 are both missing when %s", async (_, table, when) => {
    const team = await newTeam(server);
    const { data: project } = await team.founder.call("projects.create", { name: "A project" }, team.id);
    const remove = () => team.founder.call("projects.delete", { id: project.id }, team.id);
    const failed = await withTrigger(table, when, remove);
    expect([failed.status, failed.error?.reason]).toEqual([500, "server.internal"]);
    expect((await team.founder.call("projects.get", { id: project.id }, team.id)).status).toBe(200);
    expect(await entriesOf(team, { action: "project.deleted" })).toEqual([]);
    // The next attempt succeeds and gets the sequence number that was not used.
    expect((await remove()).status).toBe(200);
    expect(await entriesOf(team)).toMatchObject([{ seq: 2, action: "project.deleted" }, { seq: 1 }]);
  });

  it("U1 a change that its own rules refuse has no entry", async () => {
    const team = await newTeam(server);
    const missing = randomUUID();
    const refused = [
      await team.founder.call("tasks.delete", { id: missing }, team.id),
      await team.founder.call("members.remove", { userId: team.founder.id }, team.id),
      await team.founder.call("workspaces.delete", { name: "Another name" }, team.id),
      await team.founder.call("workspaces.leave", { workspaceId: team.id }),
      await team.founder.call("serviceKeys.revoke", { id: missing }, team.id),
    ];
    expect(refused.filter(({ status }) => status < 400)).toEqual([]);
    expect(await countOf(team)).toBe(1);
  });
});
