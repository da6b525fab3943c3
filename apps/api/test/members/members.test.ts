import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startTestServer, type Person, type TestServer } from "../kit/index.ts";
import { joined, keyOf, newTeam, recordOf, type Team } from "./team.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

interface Listed {
  items: { userId: string; email: string; role: string; joinedAt: string }[];
  nextCursor: string | null;
}
const list = async (by: Person, team: Team, input: object = {}): Promise<Listed> =>
  (await by.call("members.list", input, team.id)).data as Listed;

describe("A change of role", () => {
  it("returns the changed member and records both roles", async () => {
    const team = await newTeam(server);
    const person = await joined(server, team, "member");
    const changed = await team.founder.call(
      "members.changeRole",
      { userId: person.id, role: "admin" },
      team.id,
    );
    expect(changed.data).toMatchObject({ userId: person.id, email: person.email, role: "admin" });
    expect((await list(person, team)).items[0]).toEqual(changed.data);
    expect(await recordOf(server, team)).toEqual([
      {
        actor: team.founder.id,
        action: "member.role_changed",
        target: `member ${person.id}`,
        meta: { before: { role: "member" }, after: { role: "admin", endedInvites: 0 } },
      },
    ]);
  });

  it("to the current role changes nothing and records no audit entry", async () => {
    const team = await newTeam(server);
    const again = await team.founder.call(
      "members.changeRole",
      { userId: team.founder.id, role: "admin" },
      team.id,
    );
    expect(again.data).toMatchObject({ userId: team.founder.id, role: "admin" });
    expect(await recordOf(server, team)).toEqual([]);
  });

  it("refuses a member of another workspace and an unknown role", async () => {
    const [team, other] = [await newTeam(server), await newTeam(server)];
    const stranger = await joined(server, other, "viewer");
    for (const name of ["members.changeRole", "members.remove"]) {
      const input = { userId: stranger.id, ...(name.endsWith("Role") ? { role: "admin" } : {}) };
      const { error } = await team.founder.call(name, input, team.id);
      expect(error).toMatchObject({ httpStatus: 404, reason: "member.not_found" });
    }
    expect((await list(stranger, other, { role: "viewer" })).items).toHaveLength(1);
    const owner = await team.founder.call(
      "members.changeRole",
      { userId: team.founder.id, role: "owner" },
      team.id,
    );
    expect(owner.error).toMatchObject({ reason: "input.invalid" });
  });
});

describe("The removal of a member", () => {
  it("returns the keys that the member created, which continue to work and are marked", async () => {
    const { team, leaver, key } = await newFixture();
    const removed = await team.founder.call("members.remove", { userId: leaver.id }, team.id);
    expect(removed.data).toEqual({
      userId: leaver.id,
      endedInvites: 0,
      keysLeft: [{ id: key.id, name: "A service" }],
    });
    expect((await call(server.url, "projects.list", { token: key.token })).status).toBe(200);
    const { data } = await team.founder.call("serviceKeys.list", { status: "active" }, team.id);
    expect(data.items).toMatchObject([{ id: key.id, createdBy: leaver.id, creatorIsMember: false }]);
  });

  it("mails the other admins about these keys, except the admin who removed the member", async () => {
    const { team, leaver, others } = await newFixture();
    await team.founder.call("members.remove", { userId: leaver.id }, team.id);
    expect(await mailedAbout(team)).toEqual({
      recipients: others.map(({ email }) => email).toSorted(),
      facts: { workspaceName: team.name, email: leaver.email, keyNames: ["A service"] },
    });
  });

  it("mails every admin if a service key removed the member or the member left", async () => {
    const { team, leaver, others } = await newFixture();
    const service = await keyOf(team.founder, team, ["member:manage"], "admin");
    const removed = await call(server.url, "members.remove", {
      token: service.token,
      input: { userId: leaver.id },
    });
    expect(removed.status).toBe(200);
    const admins = [team.founder, ...others].map(({ email }) => email).toSorted();
    expect((await mailedAbout(team)).recipients).toEqual(admins);
    expect((await recordOf(server, team)).at(-1)).toMatchObject({
      actor: `key ${service.id}`,
      action: "member.removed",
    });

    const second = await newFixture();
    await second.leaver.call("workspaces.leave", { workspaceId: second.team.id });
    const left = [second.team.founder, ...second.others].map(({ email }) => email).toSorted();
    expect((await mailedAbout(second.team)).recipients).toEqual(left);
  });

  it("sends no mail if the member has no active key", async () => {
    const team = await newTeam(server);
    await joined(server, team, "admin");
    const leaver = await joined(server, team, "admin");
    const removed = await team.founder.call("members.remove", { userId: leaver.id }, team.id);
    expect(removed.data).toEqual({ userId: leaver.id, endedInvites: 0, keysLeft: [] });
    expect((await mailedAbout(team)).recipients).toEqual([]);
  });

  it("V8 ends the member's pending invites and records an entry, and a second removal returns 404", async () => {
    const team = await newTeam(server);
    const leaver = await joined(server, team, "admin");
    await leaver.call("invites.create", { email: `${leaver.id}@example.org`, role: "viewer" }, team.id);
    const removed = await team.founder.call("members.remove", { userId: leaver.id }, team.id);
    expect(removed.data).toEqual({ userId: leaver.id, endedInvites: 1, keysLeft: [] });
    const { data } = await team.founder.call("invites.list", {}, team.id);
    expect(data.items).toMatchObject([{ status: "revoked", invitedBy: leaver.id }]);
    expect((await recordOf(server, team)).at(-1)).toEqual({
      actor: team.founder.id,
      action: "member.removed",
      target: `member ${leaver.id}`,
      meta: { before: { role: "admin" }, after: { endedInvites: 1, keysLeft: 0 } },
    });
    const second = await team.founder.call("members.remove", { userId: leaver.id }, team.id);
    expect(second.error).toMatchObject({ reason: "member.not_found" });
  });
});

/** Creates a team and an admin (`leaver`) with an active key and a revoked key. */
async function newFixture() {
  const team = await newTeam(server);
  const leaver = await joined(server, team, "admin");
  const others = [await joined(server, team, "admin"), await joined(server, team, "admin")];
  await joined(server, team, "member");
  const key = await keyOf(leaver, team);
  const dead = await keyOf(leaver, team);
  await leaver.call("serviceKeys.revoke", { id: dead.id }, team.id);
  return { team, leaver, others, key };
}

/** Returns the recipients and the facts of the mail about keys whose creator has left. */
async function mailedAbout({ id }: Team): Promise<{ recipients: string[]; facts: unknown }> {
  const rows = await server.database.owner<{ recipient: string; facts: unknown }>(
    `SELECT recipient, facts FROM mail_outbox
      WHERE about_workspace_id = $1 AND template = 'keys.creator_left' ORDER BY recipient`,
    [id],
  );
  return { recipients: rows.map(({ recipient }) => recipient).toSorted(), facts: rows[0]?.facts };
}
