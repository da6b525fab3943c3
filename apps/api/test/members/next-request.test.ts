import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { again, call, startTestServer, type Answer, type Person, type TestServer } from "../kit/index.ts";
import { joined, keyOf, newTeam, type Team } from "./team.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Sends a call of a user through one of three sessions, with the workspace header or the session's current workspace. */
type Caller = (name: string, input?: unknown) => Promise<Answer>;
async function callersOf(person: Person, team: Team): Promise<Caller[]> {
  const sessions = [person, await again(server, person), await again(server, person)];
  await Promise.all(sessions.map((one) => one.call("workspaces.switch", { workspaceId: team.id })));
  return sessions.flatMap((session): Caller[] => [
    (name, input) => session.call(name, input, team.id),
    (name, input) => session.call(name, input),
  ]);
}

const outcomesOf = async (callers: readonly Caller[], name: string, input?: unknown): Promise<unknown[]> => {
  const answers = await Promise.all(callers.map((caller) => caller(name, input)));
  return [...new Set(answers.map(({ status, error }) => error?.reason ?? status))];
};

describe("A former member", () => {
  const ends: [string, (team: Team, person: Person) => Promise<Answer>][] = [
    ["removed", (team, { id: userId }) => team.founder.call("members.remove", { userId }, team.id)],
    ["departed", (team, one) => one.call("workspaces.leave", { workspaceId: team.id })],
    [
      "member of a deleted workspace",
      (team) => team.founder.call("workspaces.delete", { name: team.name }, team.id),
    ],
  ];
  it.each(ends)("M2 loses access on the next request, in every session: %s", async (_, end) => {
    const team = await newTeam(server);
    const person = await joined(server, team, "admin");
    const callers = await callersOf(person, team);
    expect(await outcomesOf(callers, "tasks.list")).toEqual([200]);
    expect((await end(team, person)).status).toBe(200);
    for (const [name, input] of [
      ["tasks.list", {}],
      ["workspaces.get", {}],
      ["projects.create", { name: "Late" }],
      ["members.changeRole", { userId: person.id, role: "admin" }],
      ["invites.create", { email: "friend@example.org", role: "viewer" }],
    ] as const) {
      expect(await outcomesOf(callers, name, input), name).toEqual(["workspace.not_found"]);
    }
    const { error } = await person.call("workspaces.switch", { workspaceId: team.id });
    expect(error).toMatchObject({ reason: "workspace.not_found" });
    expect((await person.call("workspaces.list")).data.items).toEqual([]);
    expect((await person.call("auth.me")).status).toBe(200);
  });

  it("M2 appears as inactive in the introspection of their token", async () => {
    const team = await newTeam(server);
    const person = await joined(server, team, "member");
    const { token } = await keyOf(team.founder, team, ["token:introspect"]);
    const ask = async () => {
      const input = { token: person.token, permission: "task:write" };
      return (await call(server.url, "tokens.introspect", { token, input })).data as unknown;
    };
    expect(await ask()).toMatchObject({ active: true, allowed: true, role: "member" });
    await team.founder.call("members.changeRole", { userId: person.id, role: "viewer" }, team.id);
    expect(await ask()).toMatchObject({ active: true, allowed: false, role: "viewer" });
    await team.founder.call("members.remove", { userId: person.id }, team.id);
    expect(await ask()).toMatchObject({ active: false, allowed: false, user: null });
  });
});

describe("A member with a changed role", () => {
  it("M2 gets the rights of the new role on the next request, in every session, higher or lower", async () => {
    const team = await newTeam(server);
    const person = await joined(server, team, "admin");
    const callers = await callersOf(person, team);
    const become = (role: string) =>
      team.founder.call("members.changeRole", { userId: person.id, role }, team.id);
    const rename = ["workspaces.rename", { name: team.name }] as const;
    const write = ["projects.create", { name: "Written" }] as const;
    expect(await outcomesOf(callers, ...rename)).toEqual([200]);
    await become("member");
    expect(await outcomesOf(callers, ...rename)).toEqual(["permission.denied"]);
    expect(await outcomesOf(callers, ...write)).toEqual([200]);
    await become("viewer");
    expect(await outcomesOf(callers, ...write)).toEqual(["permission.denied"]);
    expect(await outcomesOf(callers, "projects.list")).toEqual([200]);
    await become("admin");
    expect(await outcomesOf(callers, ...rename)).toEqual([200]);
  });
});

describe("A viewer", () => {
  it("M5 writes nothing with any operation", async () => {
    const team = await newTeam(server);
    const viewer = await joined(server, team, "viewer");
    const { data: project } = await team.founder.call("projects.create", { name: "Kept" }, team.id);
    const { data: task } = await team.founder.call(
      "tasks.create",
      { projectId: project.id, title: "Kept" },
      team.id,
    );
    const { data: made } = await team.founder.call(
      "invites.create",
      { email: "guest@example.org", role: "viewer" },
      team.id,
    );
    const key = await keyOf(team.founder, team);
    const before = await contentsOf(team);
    const writes: Record<string, unknown> = {
      "projects.create": { name: "Mine" },
      "projects.update": { id: project.id, name: "Mine" },
      "projects.delete": { id: project.id },
      "tasks.create": { projectId: project.id, title: "Mine" },
      "tasks.update": { id: task.id, title: "Mine" },
      "tasks.delete": { id: task.id },
      "workspaces.rename": { name: "Mine" },
      "workspaces.delete": { name: team.name },
      "members.changeRole": { userId: viewer.id, role: "admin" },
      "members.remove": { userId: team.founder.id },
      "invites.create": { email: "mine@example.org", role: "admin" },
      "invites.resend": { id: made.id },
      "invites.revoke": { id: made.id },
      "serviceKeys.create": { name: "Mine", scopes: ["task:read"] },
      "serviceKeys.rotate": { id: key.id },
      "serviceKeys.revoke": { id: key.id },
    };
    for (const [name, input] of Object.entries(writes)) {
      const { error } = await viewer.call(name, input, team.id);
      expect(error, name).toMatchObject({ httpStatus: 403, reason: "permission.denied" });
    }
    expect(await contentsOf(team)).toEqual(before);
    const unchanged = ["projects.list", "tasks.list", "members.list", "workspaces.get"];
    for (const name of unchanged) expect((await viewer.call(name, {}, team.id)).status).toBe(200);
  });
});

describe("An input", () => {
  it("M7 decides neither who acts nor in which workspace", async () => {
    const [team, other] = [await newTeam(server), await newTeam(server)];
    for (const more of [{ createdBy: other.founder.id }, { workspaceId: other.id }, { role: "admin" }]) {
      const { error } = await team.founder.call("projects.create", { name: "Mine", ...more }, team.id);
      expect(error, JSON.stringify(more)).toMatchObject({ reason: "input.invalid" });
    }
    for (const one of [team, other]) {
      expect((await one.founder.call("projects.list", {}, one.id)).data.items).toEqual([]);
    }
  });
});

/** Returns every row of the workspace as text. */
async function contentsOf({ id }: Team): Promise<unknown> {
  const tables = ["workspace_members", "invites", "service_keys", "projects", "tasks"];
  const rows = tables.map((table) =>
    server.database.owner(`SELECT t::text FROM ${table} AS t WHERE workspace_id = $1 ORDER BY 1`, [id]),
  );
  return [
    await server.database.owner("SELECT t::text FROM workspaces AS t WHERE id = $1", [id]),
    // Entries about refused calls do not count: they record no change.
    await server.database.owner("SELECT FROM audit_logs WHERE workspace_id = $1 AND outcome = 'ok'", [id]),
    ...(await Promise.all(rows)),
  ];
}
