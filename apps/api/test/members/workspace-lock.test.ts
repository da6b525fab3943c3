// Every change of rights locks the workspace row. These tests failed when only changes of members took the lock.
import { untilWaiting } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startTestServer, type Answer, type TestServer } from "../kit/index.ts";
import { raceAtLock } from "./lock-waits.ts";
import { joined, keyOf, newTeam } from "./team.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Runs two calls. The second begins when the first has done everything except the insertion of its audit entry. */
async function overtaking(first: () => Promise<Answer>, second: () => Promise<Answer>): Promise<Answer[]> {
  // The lock prevents the insertion of audit entries.
  return raceAtLock(server, { lock: "LOCK TABLE audit_logs IN SHARE MODE", until: 2 }, async () => {
    const one = first();
    await untilWaiting(server.database, 1);
    return Promise.all([one, second()]);
  });
}

describe("A key that is created during the deletion of its workspace", () => {
  it("M3 grants no access afterwards", async () => {
    const team = await newTeam(server);
    const maker = await joined(server, team, "admin");
    const input = { name: "Late", scopes: ["project:read"] };
    const [made, deleted] = await overtaking(
      () => maker.call("serviceKeys.create", input, team.id),
      () => team.founder.call("workspaces.delete", { name: team.name }, team.id),
    );
    expect([made?.status, deleted?.status]).toEqual([200, 200]);
    const token = String(made?.data.token);
    expect((await call(server.url, "projects.list", { token })).status).toBe(401);
    await team.founder.call("workspaces.restore", { workspaceId: team.id });
    expect((await call(server.url, "projects.list", { token })).status).toBe(200);
  });
});

describe("An invite that is created while its inviter loses the right to invite", () => {
  it.each([
    ["removed", "members.remove", {}],
    ["demoted", "members.changeRole", { role: "member" }],
  ])("V8 ends immediately: the inviter is %s", async (_, act, more) => {
    const team = await newTeam(server);
    const inviter = await joined(server, team, "admin");
    const [made, ended] = await overtaking(
      () => inviter.call("invites.create", { email: `${inviter.id}@example.org`, role: "viewer" }, team.id),
      () => team.founder.call(act, { userId: inviter.id, ...more }, team.id),
    );
    expect([made?.status, ended?.status]).toEqual([200, 200]);
    const { items } = (await team.founder.call("invites.list", {}, team.id)).data as {
      items: { id: string; status: string }[];
    };
    expect(items).toMatchObject([{ id: made?.data.id, status: "revoked" }]);
  });
});

describe("A rename by an admin during the admin's removal", () => {
  it("runs before or after the removal, without a deadlock", async () => {
    const team = await newTeam(server);
    const admin = await joined(server, team, "admin");
    const lock = "SELECT FROM workspaces WHERE id = $1 FOR UPDATE";
    const [removed, renamed] = await raceAtLock(server, { lock, values: [team.id], until: 2 }, async () => {
      const removal = team.founder.call("members.remove", { userId: admin.id }, team.id);
      await untilWaiting(server.database, 1);
      return Promise.all([removal, admin.call("workspaces.rename", { name: "Looms" }, team.id)]);
    });
    expect(removed.status).toBe(200);
    expect(renamed.error).toMatchObject({ reason: "workspace.not_found" });
  });
});

describe("Two keys that revoke each other", () => {
  it("run one after the other, and one key remains active", async () => {
    const team = await newTeam(server);
    const scopes = ["key:manage"] as const;
    const [one, two] = [
      await keyOf(team.founder, team, scopes, "admin"),
      await keyOf(team.founder, team, scopes, "admin"),
    ];
    const lock = "SELECT FROM service_keys WHERE workspace_id = $1 FOR SHARE";
    const answers = await raceAtLock(server, { lock, values: [team.id], until: 2 }, () =>
      Promise.all([
        call(server.url, "serviceKeys.revoke", { token: one.token, input: { id: two.id } }),
        call(server.url, "serviceKeys.revoke", { token: two.token, input: { id: one.id } }),
      ]),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
  });
});
