import { policy } from "@projostack/authz";
import { operations } from "@projostack/contract";
import { modelTables, workspaceState } from "@projostack/db/testing";
import { createClient } from "@projostack/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  arrive,
  bytesOf,
  call,
  foundWorkspace,
  idsOf,
  signUp,
  startSession,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { creations, inputOf, operationFixture, setScene, tokenFor, type Scene } from "../resources/index.ts";

let server: TestServer;
let ada: Person;
let eve: Person;
let adasScene: Scene;
let evesScene: Scene;

beforeAll(async () => {
  server = await startTestServer();
  const { email } = await signUp(server, "account");
  ada = await arrive(server, "ada");
  eve = await arrive(server, "eve");
  adasScene = await setScene(server, ada, { workspaceId: await foundWorkspace(ada), email });
  evesScene = await setScene(server, eve, { workspaceId: await foundWorkspace(eve, "Looms"), email });
});
afterAll(() => server.close());

const ABSENT = "0190a6f0-0000-7000-8000-00000000abcd";

const sameRequest = (
  name: string,
  input: unknown,
  workspaceId?: string,
  token = ada.token,
): Promise<Answer> =>
  call(server.url, name, { input, token, workspaceId, headers: { "x-request-id": "the-same" } });

describe("I1 own and foreign ids in one call", () => {
  it("I1 a call with an own and a foreign id changes neither row", async () => {
    const before = await workspaceState(server.database, adasScene.workspaceId);
    const items = [
      { projectId: adasScene.projectId, title: "Own" },
      { projectId: evesScene.projectId, title: "Foreign" },
    ];
    const answer = await ada.call("tasks.createMany", { items }, adasScene.workspaceId);
    expect(answer.error).toMatchObject({ httpStatus: 404, reason: "project.not_found" });
    expect(await workspaceState(server.database, adasScene.workspaceId)).toEqual(before);
    const own = await ada.call("tasks.createMany", { items: items.slice(0, 1) }, adasScene.workspaceId);
    expect(own.data.items).toMatchObject([{ created: true }]);
  });
});

describe("I1 x-workspace-id", () => {
  const inWorkspaces = operations.filter(({ operation }) => operation.access in policy);
  const malformed = ["x", "0", "null", "undefined", "' OR 1=1 --", "%00", "{}", `${ABSENT}0`, "*", ","];

  it.each(inWorkspaces.map(({ name }) => name))(
    "I1 %s: answers a foreign, an absent and a malformed workspace identically",
    async (name) => {
      const scene = await setScene(server, ada, adasScene);
      const input = inputOf(name, scene);
      const token = tokenFor(name, ada, scene);
      const absent = await sameRequest(name, input, ABSENT, token);
      expect(absent.error).toMatchObject({ httpStatus: 404, reason: "workspace.not_found" });
      for (const workspaceId of [evesScene.workspaceId, evesScene.projectId, ada.id, "", ...malformed]) {
        const answer = await sameRequest(name, input, workspaceId, token);
        expect(bytesOf(answer), workspaceId).toBe(bytesOf(absent));
      }
      expect(await sameRequest(name, input, scene.workspaceId, token)).toMatchObject({ status: 200 });
    },
  );

  it("I1 a malformed header does not fall back to the current workspace of the session", async () => {
    const { token } = await startSession(server, ada.id);
    const list = (workspaceId?: string) =>
      call(server.url, "tasks.list", { token, workspaceId, headers: { "x-request-id": "the-same" } });
    expect(await list()).toMatchObject({ status: 400, error: { reason: "workspace.required" } });
    await call(server.url, "workspaces.switch", { token, input: { workspaceId: adasScene.workspaceId } });
    const absent = await list(ABSENT);
    for (const workspaceId of ["", ...malformed, evesScene.workspaceId]) {
      expect(bytesOf(await list(workspaceId)), workspaceId).toBe(bytesOf(absent));
    }
    expect(await list()).toMatchObject({ status: 200 });
  });

  it("I1 a current workspace of which the user is not a member gives no access", async () => {
    const carl = await arrive(server, "carl");
    await server.database.owner("UPDATE sessions SET current_workspace_id = $1 WHERE user_id = $2", [
      evesScene.workspaceId,
      carl.id,
    ]);
    expect((await carl.call("tasks.list", {})).error).toMatchObject({ reason: "workspace.not_found" });
    expect((await carl.call("tasks.create", inputOf("tasks.create", evesScene))).error).toMatchObject({
      reason: "workspace.not_found",
    });
  });
});

describe("I10 the cursor of a list", () => {
  const lists = operations.filter(({ operation }) => {
    const { properties } = z.toJSONSchema(operation.input, { io: "input" });
    return "cursor" in (properties ?? {});
  });
  let bob: Person;
  let bobsPlace: string;
  let othersPlace: string;
  const cursors: Record<string, string> = {};
  let bobsScene: Scene;

  // Every list has two rows, in the workspace and of the user.
  beforeAll(async () => {
    bob = await arrive(server, "bob");
    bobsPlace = await foundWorkspace(bob, "Mills");
    othersPlace = await foundWorkspace(bob, "More mills");
    bobsScene = await setScene(server, bob, { workspaceId: bobsPlace, email: adasScene.email });
    for (const name of creations) await bob.call(name, inputOf(name, bobsScene), bobsPlace);
    // A second invite to Bob's address.
    await setScene(server, ada, { ...adasScene, caller: bob });
    for (const { name } of lists) {
      const input = { ...inputOf(name, bobsScene), limit: 1 };
      cursors[name] = String((await bob.call(name, input, bobsPlace)).data.nextCursor);
    }
  });

  it("I10 the fixture of every list with a filter names one", () => {
    const filtered = lists.filter(({ operation }) => {
      const { properties } = z.toJSONSchema(operation.input, { io: "input" });
      return Object.keys(properties ?? {}).some((field) => field !== "cursor" && field !== "limit");
    });
    const inFixtures = lists.filter(({ name }) => operationFixture(name).filter);
    expect(filtered.map(({ name }) => name)).toEqual(inFixtures.map(({ name }) => name));
  });

  it.each(lists)(
    "I10 $name: returns the next page of that list only",
    async ({ name, operation: { access } }) => {
      const cursor = cursors[name];
      const own = inputOf(name, bobsScene);
      const { filter } = operationFixture(name);
      const next = await bob.call(name, { ...own, limit: 1, cursor }, bobsPlace);
      expect(next).toMatchObject({ status: 200, data: { items: [expect.anything()] } });
      const calls = [
        ...lists
          .filter((list) => list.name !== name)
          .map((other) => bob.call(other.name, { ...inputOf(other.name, bobsScene), cursor }, bobsPlace)),
        ...(filter ? [bob.call(name, { ...own, ...filter, cursor }, bobsPlace)] : []),
        access in policy
          ? bob.call(name, { ...own, cursor }, othersPlace)
          : ada.call(name, { ...own, cursor }),
      ];
      for (const answer of await Promise.all(calls)) {
        expect(answer).toMatchObject({ status: 400, error: { reason: "cursor.invalid" } });
      }
    },
  );
});

describe("I7 ids", () => {
  const makes = operations.filter(({ operation }) => {
    const { properties } = z.toJSONSchema(operation.input, { io: "input" });
    return operation.kind === "mutation" && !("id" in (properties ?? {}));
  });

  it.each(makes.map(({ name }) => name))("I7 %s: rejects an id that the caller chose", async (name) => {
    const scene = await setScene(server, ada, adasScene);
    const token = tokenFor(name, ada, scene);
    for (const id of [ABSENT, evesScene.taskId, adasScene.taskId]) {
      const input = { ...inputOf(name, scene), id };
      const answer = await call(server.url, name, { input, token, workspaceId: scene.workspaceId });
      expect(answer.error).toMatchObject({ httpStatus: 400, reason: "input.invalid" });
      expect(answer.error?.fieldErrors?.[""]).toEqual([expect.stringContaining(`Has no field "id".`)]);
    }
  });

  it("I7 an id that the caller chose is rejected within a list of new rows", async () => {
    const items = [{ projectId: adasScene.projectId, title: "Chosen", id: ABSENT }];
    const answer = await ada.call("tasks.createMany", { items }, adasScene.workspaceId);
    expect(answer.error?.fieldErrors).toEqual({
      "items.0": [expect.stringContaining(`Has no field "id".`)],
    });
  });

  it("I7 the server creates the id, and the row has it", async () => {
    const { data } = await ada.call(
      "tasks.create",
      inputOf("tasks.create", adasScene),
      adasScene.workspaceId,
    );
    const rows = await server.database.owner("SELECT workspace_id FROM tasks WHERE id = $1", [data.id]);
    expect(rows).toEqual([{ workspace_id: adasScene.workspaceId }]);
  });
});

describe("I1 I2 a user of another workspace", () => {
  it("sees only rows of their own workspace through the API", async () => {
    const tasks = await eve.call("tasks.list", { limit: 100 }, evesScene.workspaceId);
    expect(idsOf(tasks)).toEqual([evesScene.taskId]);
    const projects = await eve.call("projects.list", { limit: 100 }, evesScene.workspaceId);
    expect(idsOf(projects)).toEqual([evesScene.projectId]);
    const workspaces = await eve.call("workspaces.list", { limit: 100 });
    expect(idsOf(workspaces).toSorted()).toEqual([evesScene.workspaceId, evesScene.clubId].toSorted());
    const invites = await eve.call("invites.list", { limit: 100 }, evesScene.workspaceId);
    expect(idsOf(invites)).toEqual([evesScene.inviteId]);
    const keys = await eve.call("serviceKeys.list", { limit: 100 }, evesScene.workspaceId);
    expect(idsOf(keys)).toEqual([evesScene.keyId]);
    const members = await eve.call("members.list", { limit: 100 }, evesScene.workspaceId);
    expect(members.data.items).toMatchObject([{ userId: evesScene.memberId }, { userId: eve.id }]);
    const found = await eve.call("tasks.list", { search: "Note" }, evesScene.workspaceId);
    expect(found.text).not.toContain(adasScene.taskId);
  });

  it("I1 sees no id of Ada's in any list", async () => {
    const adasIds = idsIn(adasScene).filter((id) => !idsIn(evesScene).includes(id));
    expect(adasIds.length).toBeGreaterThan(8);
    const lists = operations.filter(({ name }) => name.endsWith(".list"));
    for (const { name } of lists) {
      const { status, text } = await eve.call(name, inputOf(name, evesScene), evesScene.workspaceId);
      expect(status, name).toBe(200);
      expect(
        adasIds.filter((id) => text.includes(id)),
        name,
      ).toEqual([]);
    }
  });

  it("sees only rows of their own workspace through the SDK", async () => {
    const client = createClient({ baseUrl: server.url, token: eve.token });
    const own = client.workspace(evesScene.workspaceId);
    const titles: string[] = [];
    for await (const { id } of own.tasks.list()) titles.push(id);
    expect(titles).toEqual([evesScene.taskId]);
    await expect(own.tasks.get({ id: adasScene.taskId })).rejects.toMatchObject({ reason: "task.not_found" });
    const others = client.workspace(adasScene.workspaceId);
    await expect(others.tasks.list()).rejects.toMatchObject({ reason: "workspace.not_found" });
  });

  it("I2 I3 sees and changes no foreign row in a SQL session as projo_tenant", async () => {
    const before = await workspaceState(server.database, adasScene.workspaceId);
    const session = await server.database.pool.connect();
    const held = modelTables.map(({ table }) => table).filter((table) => table !== "workspaces");
    const count = async (table: string, where: string) => {
      const { rows } = await session.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM ${table} WHERE ${where}`,
      );
      return rows[0]?.n;
    };
    try {
      await session.query("BEGIN; SET LOCAL ROLE projo_tenant");
      for (const table of [...held, "workspaces", "users"]) {
        expect(await count(table, "true"), `${table}, no workspace entered`).toBe(0);
      }
      await session.query("SELECT set_config('app.workspace_id', $1, true)", [evesScene.workspaceId]);
      const theirs = `workspace_id = '${adasScene.workspaceId}'`;
      for (const table of held) {
        expect(await count(table, theirs), table).toBe(0);
      }
      expect(await count("users", `id = '${ada.id}'`)).toBe(0);
      expect(await count("users", `id = '${eve.id}'`)).toBe(1);
      expect(await count("workspaces", `id = '${adasScene.workspaceId}'`)).toBe(0);
      expect(await count("tasks", "true")).toBe(1);
      expect(await count("workspaces", "true")).toBe(1);
      const changed = await session.query(`UPDATE tasks SET title = 'Seen' WHERE ${theirs}`);
      expect(changed.rowCount).toBe(0);
      const deleted = await session.query(`DELETE FROM projects WHERE ${theirs}`);
      expect(deleted.rowCount).toBe(0);
    } finally {
      await session.query("ROLLBACK");
      session.release();
    }
    expect(await workspaceState(server.database, adasScene.workspaceId)).toEqual(before);
  });
});

const idsIn = (scene: Scene): string[] =>
  Object.values<string>({ ...scene }).filter((value) => /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value));
