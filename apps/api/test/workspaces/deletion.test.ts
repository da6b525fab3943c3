import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bytesOf,
  call,
  eventually,
  idsOf,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { joined, keyOf, newcomer, newTeam, putIn, recordOf, type Team } from "../members/team.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const deleteIt = (by: Person, { id, name }: Team): Promise<Answer> =>
  by.call("workspaces.delete", { name }, id);
const restore = (by: Person, { id }: Team): Promise<Answer> =>
  by.call("workspaces.restore", { workspaceId: id });
const leave = (by: Person, { id }: Team): Promise<Answer> => by.call("workspaces.leave", { workspaceId: id });
const deletedIdsOf = async (by: Person) => idsOf(await by.call("workspaces.list", { deleted: true }));
const notFound = { httpStatus: 404, reason: "workspace.not_found" };

/** Makes the deletion of the workspace older by `interval`. */
const ageDeletion = ({ id }: Team, interval: string) =>
  server.database.owner(`UPDATE workspaces SET deleted_at = deleted_at - $2::interval WHERE id = $1`, [
    id,
    interval,
  ]);

const counts = async (by: Person, { id }: Team): Promise<unknown> =>
  (await by.call("workspaces.get", { include: ["counts"] }, id)).data.counts;

describe("The counts of a workspace", () => {
  it("are returned to admins on request, and contain only what is in the workspace", async () => {
    const [team, other] = [await newTeam(server, "Engines"), await newTeam(server, "Looms")];
    const member = await joined(server, team, "member");
    for (const { founder, id } of [team, other]) {
      const { data } = await founder.call("projects.create", { name: "Notes" }, id);
      for (const title of ["A", "B"]) await founder.call("tasks.create", { projectId: data.id, title }, id);
    }
    await team.founder.call("serviceKeys.create", { name: "ci", scopes: ["task:read"] }, team.id);
    expect(await counts(team.founder, team)).toEqual({
      members: 2,
      projects: 1,
      tasks: 2,
      invites: expect.any(Number) as number,
      serviceKeys: 1,
    });
    expect(await counts(member, team)).toBeNull();
    expect((await team.founder.call("workspaces.get", {}, team.id)).data).not.toHaveProperty("counts");
  });
});

describe("Renaming a workspace", () => {
  it("requires an admin, changes the name in every response, and records both names", async () => {
    const team = await newTeam(server, "Engines");
    const member = await joined(server, team, "member");
    const refused = await member.call("workspaces.rename", { name: "Mine" }, team.id);
    expect(refused.error).toMatchObject({ reason: "permission.denied" });
    const renamed = await team.founder.call("workspaces.rename", { name: " Looms " }, team.id);
    expect(renamed.data).toMatchObject({ id: team.id, name: "Looms", role: "admin", deletedAt: null });
    expect((await member.call("workspaces.get", {}, team.id)).data.name).toBe("Looms");
    expect((await member.call("workspaces.list")).data.items).toMatchObject([
      { name: "Looms", role: "member" },
    ]);
    expect(await recordOf(server, team)).toEqual([
      {
        actor: team.founder.id,
        action: "workspace.renamed",
        target: `workspace ${team.id}`,
        meta: { before: { name: "Engines" }, after: { name: "Looms" } },
      },
    ]);
  });
});

describe("Leaving a workspace", () => {
  it("ends the membership once and records an audit entry", async () => {
    const team = await newTeam(server);
    const member = await joined(server, team, "member");
    expect((await leave(member, team)).data).toEqual({ workspaceId: team.id });
    expect((await leave(member, team)).error).toMatchObject(notFound);
    expect((await member.call("workspaces.list")).data.items).toEqual([]);
    expect(await recordOf(server, team)).toEqual([
      {
        actor: member.id,
        action: "member.left",
        target: `member ${member.id}`,
        meta: { before: { role: "member" }, after: { endedInvites: 0, keysLeft: 0 } },
      },
    ]);
  });

  it("fails for the last admin, with and without other members, with advice to delete the workspace", async () => {
    const alone = await newTeam(server);
    const among = await newTeam(server);
    await joined(server, among, "member");
    for (const team of [alone, among]) {
      const refused = await leave(team.founder, team);
      expect(refused.error).toMatchObject({ httpStatus: 409, reason: "member.last_admin" });
      expect(refused.text).toContain("or delete the workspace");
      expect((await team.founder.call("workspaces.get", {}, team.id)).data.role).toBe("admin");
    }
    await joined(server, among, "admin");
    expect((await leave(among.founder, among)).status).toBe(200);
  });

  it("returns the same error to a stranger as for a workspace that does not exist", async () => {
    const team = await newTeam(server);
    const { token } = await newcomer(server);
    const ask = async (workspaceId: string) =>
      bytesOf(
        await call(server.url, "workspaces.leave", {
          token,
          input: { workspaceId },
          headers: { "x-request-id": "the-same" },
        }),
      );
    expect(await ask(team.id)).toBe(await ask(team.founder.id));
  });
});

describe("Deleting a workspace", () => {
  it("requires the exact name", async () => {
    const team = await newTeam(server, "Engines & Looms");
    for (const name of ["engines & looms", "Engines & Looms ", "Engines", "", "Engines  & Looms"]) {
      const { error } = await team.founder.call("workspaces.delete", { name }, team.id);
      expect(error, name).toMatchObject({
        reason: "input.invalid",
        fieldErrors: { name: [expect.anything()] },
      });
    }
    expect((await team.founder.call("workspaces.get", {}, team.id)).data.deletedAt).toBeNull();
    expect(await recordOf(server, team)).toEqual([]);
    const deleted = await deleteIt(team.founder, team);
    expect(deleted.data).toMatchObject({ id: team.id, name: team.name, role: "admin" });
    expect(Date.now() - Date.parse(deleted.data.deletedAt as string)).toBeLessThan(60_000);
  });

  it("accepts the name with decomposed accents", async () => {
    const team = await newTeam(server, "Café Zürich");
    const { status } = await team.founder.call(
      "workspaces.delete",
      { name: "Café Zürich".normalize("NFD") },
      team.id,
    );
    expect(status).toBe(200);
  });

  it("requires an admin, succeeds once, and records an audit entry", async () => {
    const team = await newTeam(server);
    const member = await joined(server, team, "member");
    expect((await deleteIt(member, team)).error).toMatchObject({ reason: "permission.denied" });
    expect((await deleteIt(team.founder, team)).status).toBe(200);
    expect((await deleteIt(team.founder, team)).error).toMatchObject(notFound);
    expect(await recordOf(server, team)).toEqual([
      {
        actor: team.founder.id,
        action: "workspace.deleted",
        target: `workspace ${team.id}`,
        meta: { before: { name: team.name } },
      },
    ]);
  });

  it("ends the access of its members, keys and invites at once, and of no other workspace's", async () => {
    const [team, other] = [await newTeam(server, "Engines"), await newTeam(server, "Engines")];
    const people = [team.founder, await joined(server, team, "member"), await joined(server, team, "viewer")];
    for (const person of people) {
      await putIn(server, other, person, "admin");
      await person.call("workspaces.switch", { workspaceId: team.id });
    }
    const invite = { email: "guest@example.org", role: "viewer" };
    const [key, otherKey] = [await keyOf(team.founder, team), await keyOf(other.founder, other)];
    const { data: invited } = await team.founder.call("invites.create", invite, team.id);
    const { data: otherInvited } = await other.founder.call("invites.create", invite, other.id);
    expect((await deleteIt(team.founder, team)).status).toBe(200);

    const preview = (token: unknown) => call(server.url, "invites.preview", { input: { token } });
    for (const person of people) {
      expect((await person.call("tasks.list", {}, team.id)).error).toMatchObject(notFound);
      expect((await person.call("tasks.list")).error).toMatchObject(notFound);
      const back = await person.call("workspaces.switch", { workspaceId: team.id });
      expect(back.error).toMatchObject(notFound);
      expect((await leave(person, team)).error).toMatchObject(notFound);
      expect(idsOf(await person.call("workspaces.list"))).toEqual([other.id]);
      expect((await person.call("tasks.list", {}, other.id)).status).toBe(200);
    }
    expect((await call(server.url, "projects.list", { token: key.token })).status).toBe(401);
    expect((await preview(invited.token)).error).toMatchObject({ reason: "invite.invalid" });
    expect((await call(server.url, "projects.list", { token: otherKey.token })).status).toBe(200);
    expect((await preview(otherInvited.token)).data.workspaceName).toBe("Engines");
  });
});

describe("The list of deleted workspaces", () => {
  it("shows a workspace for 30 days to the admins who may restore it", async () => {
    const team = await newTeam(server);
    const admin = await joined(server, team, "admin");
    const member = await joined(server, team, "member");
    const active = await newTeam(server);
    await putIn(server, active, admin, "admin");
    expect(await deletedIdsOf(admin)).toEqual([]);
    await deleteIt(team.founder, team);
    expect(await deletedIdsOf(admin)).toEqual([team.id]);
    expect(await deletedIdsOf(team.founder)).toEqual([team.id]);
    expect(await deletedIdsOf(member)).toEqual([]);
    expect(await deletedIdsOf(active.founder)).toEqual([]);
    expect(idsOf(await admin.call("workspaces.list"))).toEqual([active.id]);
    await ageDeletion(team, "29 days 23 hours");
    expect(await deletedIdsOf(admin)).toEqual([team.id]);
    await ageDeletion(team, "2 hours");
    expect(await deletedIdsOf(admin)).toEqual([]);
  });

  it("comes in pages with cursors that the list of active workspaces refuses", async () => {
    const teams = [
      await newTeam(server, "One"),
      await newTeam(server, "Two"),
      await newTeam(server, "Three"),
    ];
    const admin = await newcomer(server);
    for (const team of teams) {
      await putIn(server, team, admin, "admin");
      await deleteIt(team.founder, team);
    }
    const first = await admin.call("workspaces.list", { deleted: true, limit: 2 });
    const cursor = String(first.data.nextCursor);
    const second = await admin.call("workspaces.list", { deleted: true, limit: 2, cursor });
    expect([...idsOf(first), ...idsOf(second)]).toEqual(teams.map(({ id }) => id).toReversed());
    expect(second.data.nextCursor).toBeNull();
    for (const one of [admin, teams[0]?.founder]) {
      const answer = await one?.call("workspaces.list", { deleted: one !== admin, cursor });
      expect(answer?.error).toMatchObject({ reason: "cursor.invalid" });
    }
  });
});

describe("Restoring a workspace", () => {
  it("restores all members, keys, invites and data, and records an audit entry", async () => {
    const team = await newTeam(server);
    const member = await joined(server, team, "member");
    const key = await keyOf(team.founder, team);
    const revoked = await keyOf(team.founder, team);
    await team.founder.call("serviceKeys.revoke", { id: revoked.id }, team.id);
    const invite = { email: "later@example.org", role: "member" };
    const { data: invited } = await team.founder.call("invites.create", invite, team.id);
    const { data: project } = await member.call("projects.create", { name: "Kept" }, team.id);
    await member.call("tasks.create", { projectId: project.id, title: "Kept" }, team.id);
    const seen = async (): Promise<unknown[]> => {
      const answers = [
        await team.founder.call("workspaces.get", {}, team.id),
        await member.call("members.list", {}, team.id),
        await team.founder.call("invites.list", {}, team.id),
        await team.founder.call("serviceKeys.list", {}, team.id),
        await member.call("projects.list", {}, team.id),
        await member.call("tasks.list", {}, team.id),
      ];
      return answers.map(({ data }): unknown => data);
    };
    // The status of the mail is a part of the invite.
    await eventually(async () => {
      const { data } = await team.founder.call("invites.list", {}, team.id);
      return JSON.stringify(data).includes('"mailStatus":"sent"');
    });
    const before = await seen();
    await deleteIt(team.founder, team);
    const restored = await restore(team.founder, team);
    expect(restored.data).toEqual(before[0]);
    expect(await seen()).toEqual(before);
    expect((await member.call("projects.create", { name: "Next" }, team.id)).status).toBe(200);
    expect((await call(server.url, "projects.list", { token: key.token })).status).toBe(200);
    expect((await call(server.url, "projects.list", { token: revoked.token })).status).toBe(401);
    const preview = await call(server.url, "invites.preview", { input: { token: invited.token } });
    expect(preview.data).toMatchObject({ email: "later@example.org", role: "member" });
    expect((await recordOf(server, team)).at(-1)).toEqual({
      actor: team.founder.id,
      action: "workspace.restored",
      target: `workspace ${team.id}`,
      meta: {},
    });
  });

  it("requires an admin: other members get 403, and strangers get 404", async () => {
    const team = await newTeam(server);
    const others = [await joined(server, team, "viewer"), await joined(server, team, "member")];
    const { token } = await newcomer(server);
    await deleteIt(team.founder, team);
    for (const other of others) {
      expect((await restore(other, team)).error).toMatchObject({
        httpStatus: 403,
        reason: "permission.denied",
      });
    }
    const ask = async (workspaceId: string) =>
      bytesOf(
        await call(server.url, "workspaces.restore", {
          token,
          input: { workspaceId },
          headers: { "x-request-id": "the-same" },
        }),
      );
    const foreign = await ask(team.id);
    expect(foreign).toBe(await ask(team.founder.id));
    expect(foreign).toContain("workspace.not_found");
    expect((await restore(team.founder, team)).status).toBe(200);
  });

  it("succeeds once, within 30 days of the deletion", async () => {
    const team = await newTeam(server);
    expect((await restore(team.founder, team)).error).toMatchObject(notFound);
    await deleteIt(team.founder, team);
    await ageDeletion(team, "29 days 23 hours");
    const both = await Promise.all([restore(team.founder, team), restore(team.founder, team)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    await deleteIt(team.founder, team);
    await ageDeletion(team, "30 days");
    expect((await restore(team.founder, team)).error).toMatchObject(notFound);
    expect((await team.founder.call("workspaces.get", {}, team.id)).error).toMatchObject(notFound);
  });
});
