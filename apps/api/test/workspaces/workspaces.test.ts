import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  call,
  foundWorkspace,
  idsOf,
  join,
  startSession,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";

let server: TestServer;
let ada: Person;
let bob: Person;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  bob = await arrive(server, "bob");
});
afterAll(() => server.close());

describe("The creation of a workspace", () => {
  it("M6 makes its creator an admin and records an audit entry", async () => {
    const created = await ada.call("workspaces.create", { name: " Engines " });
    expect(created.data).toMatchObject({ name: "Engines", role: "admin", createdBy: ada.id });
    const { id } = created.data as { id: string };
    expect((await ada.call("workspaces.get", {}, id)).data).toEqual(created.data);
    const members = await server.database.owner(
      "SELECT user_id, role FROM workspace_members WHERE workspace_id = $1",
      [id],
    );
    expect(members).toEqual([{ user_id: ada.id, role: "admin" }]);
    const entries = await server.database.owner(
      "SELECT action, actor_user_id, target_id FROM audit_logs WHERE workspace_id = $1",
      [id],
    );
    expect(entries).toEqual([{ action: "workspace.created", actor_user_id: ada.id, target_id: id }]);
  });

  it("M6 creates nothing if the membership of the creator cannot be inserted", async () => {
    await server.database.owner(
      "ALTER TABLE workspace_members ADD CONSTRAINT out_of_paper CHECK (false) NOT VALID",
    );
    const answer = await ada.call("workspaces.create", { name: "Ownerless" });
    await server.database.owner("ALTER TABLE workspace_members DROP CONSTRAINT out_of_paper");
    expect(answer).toMatchObject({ status: 500, error: { reason: "server.internal" } });
    const rows = await server.database.owner("SELECT id FROM workspaces WHERE name = 'Ownerless'");
    expect(rows).toEqual([]);
    expect((await ada.call("workspaces.create", { name: "Ownerless" })).status).toBe(200);
  });
});

describe("The list of workspaces", () => {
  it("shows the user's workspaces, newest first, with the user's role in each", async () => {
    const eve = await arrive(server, "eve");
    const first = await foundWorkspace(eve, "First");
    const others = await foundWorkspace(bob, "Bob's");
    await foundWorkspace(bob, "Bob's alone");
    await join(server, others, eve, "viewer");
    const answer = await eve.call("workspaces.list");
    expect(answer.data.items).toMatchObject([
      { id: others, name: "Bob's", role: "viewer", createdBy: bob.id },
      { id: first, name: "First", role: "admin", createdBy: eve.id },
    ]);
    const pages = [await eve.call("workspaces.list", { limit: 1 })];
    pages.push(await eve.call("workspaces.list", { limit: 1, cursor: pages[0]?.data.nextCursor }));
    expect(pages.flatMap((page) => idsOf(page))).toEqual([others, first]);
    expect(pages[1]?.data.nextCursor).toBeNull();
  });

  it("contains nothing for a user without a workspace", async () => {
    const newUser = await arrive(server, "new-user");
    expect((await newUser.call("workspaces.list")).data).toEqual({ items: [], nextCursor: null });
  });
});

describe("The workspace of a call", () => {
  let engines: string;
  let looms: string;
  beforeAll(async () => {
    engines = await foundWorkspace(ada, "Engines");
    looms = await foundWorkspace(ada, "Looms");
  });

  it("comes from the header or else from the session, which has its own current workspace", async () => {
    const [one, two] = [await startSession(server, ada.id), await startSession(server, ada.id)];
    const get = (token: string, workspaceId?: string): Promise<Answer> =>
      call(server.url, "workspaces.get", { token, workspaceId });
    const current = async (token: string) =>
      (await call(server.url, "auth.me", { token })).data.session.currentWorkspaceId as string | null;

    expect((await get(one.token)).error).toMatchObject({ httpStatus: 400, reason: "workspace.required" });
    expect(await current(one.token)).toBeNull();
    const switched = await call(server.url, "workspaces.switch", {
      token: one.token,
      input: { workspaceId: engines },
    });
    expect(switched.data).toMatchObject({ id: engines, name: "Engines", role: "admin" });
    expect((await get(one.token)).data.id).toBe(engines);
    expect(await current(one.token)).toBe(engines);

    // The header has precedence over the session's current workspace and does not change it.
    expect((await get(one.token, looms)).data.id).toBe(looms);
    expect((await get(one.token, looms.toUpperCase())).data.id).toBe(looms);
    expect((await get(one.token)).data.id).toBe(engines);
    const made = await call(server.url, "projects.create", {
      token: one.token,
      workspaceId: looms,
      input: { name: "In looms" },
    });
    const rows = await server.database.owner("SELECT workspace_id FROM projects WHERE id = $1", [
      made.data.id,
    ]);
    expect(rows).toEqual([{ workspace_id: looms }]);

    // Another session of the same user is unchanged.
    expect((await get(two.token)).error).toMatchObject({ reason: "workspace.required" });
    expect(await current(two.token)).toBeNull();
  });

  it("cannot become another user's workspace", async () => {
    const { token } = await startSession(server, bob.id);
    const own = await foundWorkspace(bob);
    const to = (workspaceId: string) =>
      call(server.url, "workspaces.switch", { token, input: { workspaceId } });
    expect((await to(own)).status).toBe(200);
    expect((await to(engines)).error).toMatchObject({ httpStatus: 404, reason: "workspace.not_found" });
    expect((await call(server.url, "workspaces.get", { token })).data.id).toBe(own);
  });

  it("becomes unavailable after the member's removal and after the workspace's deletion", async () => {
    const { token } = await startSession(server, bob.id);
    const passing = await foundWorkspace(ada, "Passing");
    await join(server, passing, bob, "member");
    await call(server.url, "workspaces.switch", { token, input: { workspaceId: passing } });
    expect((await call(server.url, "workspaces.get", { token })).data.role).toBe("member");
    await server.database.owner("DELETE FROM workspace_members WHERE user_id = $1 AND workspace_id = $2", [
      bob.id,
      passing,
    ]);
    expect((await call(server.url, "workspaces.get", { token })).error).toMatchObject({
      reason: "workspace.not_found",
    });
    await server.database.owner("DELETE FROM workspaces WHERE id = $1", [passing]);
    expect((await call(server.url, "workspaces.get", { token })).error).toMatchObject({
      reason: "workspace.required",
    });
  });
});
