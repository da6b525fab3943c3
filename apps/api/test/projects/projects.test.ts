import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  foundWorkspace,
  idsOf,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";

let server: TestServer;
let ada: Person;
let workspaceId: string;

beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
});
afterAll(() => server.close());

const projects = (verb: string, input: object = {}): Promise<Answer> =>
  ada.call(`projects.${verb}`, input, workspaceId);
const make = async (name: string) => String((await projects("create", { name })).data.id);

describe("A deletion", () => {
  it("counts also the tasks that were created while it waited for the project", async () => {
    const id = await make("Busy");
    const items = Array.from({ length: 5 }, (_, n) => ({ projectId: id, title: `Task ${n}` }));
    const [first, deleted, ...others] = await Promise.all([
      ada.call("tasks.createMany", { items }, workspaceId),
      projects("delete", { id }),
      ...items.map((item) => ada.call("tasks.create", item, workspaceId)),
    ]);
    const created = (first.error ? 0 : 5) + others.filter(({ error }) => !error).length;
    expect(deleted.data).toEqual({ id, deletedTasks: created });
  });

  it("of a project is null for a service key without task:read", async () => {
    const id = await make("Counted");
    const counted = async (scopes: string[]) => {
      const { data } = await ada.call("serviceKeys.create", { name: scopes.join(), scopes }, workspaceId);
      const input = encodeURIComponent(JSON.stringify({ id, include: ["taskCount"] }));
      const headers = { authorization: `Bearer ${String(data.token)}` };
      const response = await fetch(`${server.url}/trpc/projects.get?input=${input}`, { headers });
      const { result } = (await response.json()) as { result: { data: { taskCount: number | null } } };
      return result.data.taskCount;
    };
    expect(await counted(["project:read"])).toBeNull();
    expect(await counted(["project:read", "task:read"])).toBe(0);
  });
});

describe("A project", () => {
  it("can be created, read, renamed and deleted", async () => {
    const made = await projects("create", { name: "  Engines \n" });
    expect(made.data).toMatchObject({ name: "Engines", createdBy: ada.id });
    expect(Date.now() - Date.parse(made.data.createdAt as string)).toBeLessThan(60_000);
    const { id } = made.data as { id: string };
    expect((await projects("get", { id })).data).toEqual(made.data);
    const renamed = await projects("update", { id, name: "Looms" });
    expect(renamed.data).toEqual({
      ...made.data,
      name: "Looms",
      updatedAt: expect.any(String) as string,
      version: 2,
    });
    expect((await projects("delete", { id })).data).toEqual({ id, deletedTasks: 0 });
    for (const verb of ["get", "delete"]) {
      expect((await projects(verb, { id })).error).toMatchObject({ reason: "project.not_found" });
    }
    expect((await projects("update", { id, name: "Back" })).error).toMatchObject({
      reason: "project.not_found",
    });
  });

  it("deletes its own tasks with it and records an audit entry", async () => {
    const [doomed, kept] = [await make("Doomed"), await make("Kept")];
    const items = [doomed, doomed, kept].map((projectId, n) => ({ projectId, title: `Task ${n}` }));
    const tasks = idsOf(await ada.call("tasks.createMany", { items }, workspaceId));
    const counted = await projects("get", { id: doomed, include: ["taskCount"] });
    expect(counted.data).toMatchObject({ name: "Doomed", taskCount: 2 });
    expect((await projects("get", { id: doomed })).data).not.toHaveProperty("taskCount");
    expect((await projects("delete", { id: doomed })).data).toEqual({ id: doomed, deletedTasks: 2 });
    expect(idsOf(await ada.call("tasks.list", {}, workspaceId))).toEqual(tasks.slice(2));
    const entries = await server.database.owner(
      "SELECT action, actor_user_id, meta_json FROM audit_logs WHERE target_id = $1",
      [doomed],
    );
    expect(entries).toEqual([
      { action: "project.deleted", actor_user_id: ada.id, meta_json: { before: { name: "Doomed" } } },
    ]);
  });

  it("accepts no task after its deletion, also in concurrent calls", async () => {
    for (let round = 0; round < 5; round += 1) {
      const projectId = await make("Race");
      const calls = Array.from({ length: 4 }, () =>
        ada.call("tasks.create", { projectId, title: "Race" }, workspaceId),
      );
      const [deleted, ...created] = await Promise.all([projects("delete", { id: projectId }), ...calls]);
      expect(deleted.status).toBe(200);
      for (const { status, error } of created) {
        expect([`${status}`, error?.reason]).toEqual(
          status === 200 ? ["200", undefined] : ["404", "project.not_found"],
        );
      }
      const left = await server.database.owner("SELECT id FROM tasks WHERE project_id = $1", [projectId]);
      expect(left).toEqual([]);
    }
  });
});

const find = async (search: string) => idsOf(await projects("list", { search }));

describe("The list of projects", () => {
  it("shows the newest first, and finds the exact part of a name in upper and lower case", async () => {
    const names = ["Find 50%", "Find 50", "find_me", "FindXme", "Find Größe"];
    const ids: string[] = [];
    for (const name of names) ids.push(await make(name));
    expect(await find("find")).toEqual(ids.toReversed());
    expect(await find("50%")).toEqual([ids[0]]);
    expect(await find("FIND_")).toEqual([ids[2]]);
    expect(await find("größe")).toEqual([ids[4]]);
    expect(await find(" GRO\u0308SSE ")).toEqual([ids[4]]);
    expect(await find("ｆｉｎｄ\u3000５０％")).toEqual([ids[0]]);
    expect(await find("\\")).toEqual([]);
  });

  it("comes in pages, also of a search", async () => {
    const found = await find("FIND");
    const first = await projects("list", { search: "find", limit: 2 });
    const second = await projects("list", { search: "find", limit: 100, cursor: first.data.nextCursor });
    expect([...idsOf(first), ...idsOf(second)]).toEqual(found);
    expect(found.length).toBeGreaterThan(4);
  });

  it("comes in pages", async () => {
    const all = idsOf(await projects("list", { limit: 100 }));
    const listed: string[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page: Answer = await projects("list", { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      expect(idsOf(page).length).toBeLessThanOrEqual(2);
      listed.push(...idsOf(page));
      cursor = page.data.nextCursor as string | null;
    }
    expect(all.length).toBeGreaterThan(4);
    expect(listed).toEqual(all);
  });
});

describe("N9 The name of a project or workspace", () => {
  it.each([
    "",
    " ",
    "x".repeat(201),
    "🙂".repeat(201),
    "a\tb",
    "a\nb",
    "a\u0000b",
    "a\u0085b",
    7,
    null,
    undefined,
  ])("cannot be %j", async (name) => {
    for (const operation of ["projects.create", "workspaces.create"]) {
      const answer = await ada.call(operation, { name }, workspaceId);
      expect(answer.error).toMatchObject({ httpStatus: 400, reason: "input.invalid" });
      expect(Object.keys(answer.error?.fieldErrors ?? {})).toEqual(["name"]);
    }
  });

  it.each([
    ["only a zero-width space", "\u200b", "visible character"],
    ["only blank letters", "\u3164\u2800 \u115f", "visible character"],
    ["only a variation selector", "\ufe0f", "visible character"],
    ["a direction override", "invoice\u202efdp.exe", "direction of text"],
    ["a direction embedding", "\u202bshalom", "direction of text"],
    ["a direction isolate", "a\u2066b", "direction of text"],
    ["a line separator", "a\u2028b", "line separators"],
    ["invisible tags", "Engines\u{e0041}", "invisible tags"],
    ["tags after a flag", "🏴\u{e0067}\u{e0062}\u{e007f}\u{e0041}", "invisible tags"],
  ])("cannot contain %s", async (_, name, message) => {
    for (const operation of ["projects.create", "workspaces.create", "workspaces.rename"]) {
      const answer = await ada.call(operation, { name }, workspaceId);
      expect(answer.error).toMatchObject({ httpStatus: 400, reason: "input.invalid" });
      expect(answer.error?.fieldErrors?.["name"]?.[0]).toContain(message);
    }
  });

  it.each([
    ["emoji of several code points", "👩‍👩‍👧 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
    ["Persian with a zero-width non-joiner", "می\u200cخواهم"],
    ["Malayalam with a zero-width joiner", "\u0d28\u0d4d\u200d"],
    ["marks of direction", "C++\u200e \u05d0\u05d1\u200f"],
    ["decomposed accents", "Cafe\u0301"],
    ["Kanji with a variation selector", "辻\u{e0100}"],
    ["a soft hyphen", "so\u00adft"],
  ])("may contain %s and is returned byte for byte", async (_, name) => {
    const { id } = (await projects("create", { name })).data;
    expect((await projects("get", { id })).data.name).toBe(name);
  });

  it("consists of 1 to 200 Unicode code points", async () => {
    for (const name of ["x", "🙂".repeat(200), "日本語"]) {
      expect((await projects("create", { name })).data.name).toBe(name);
    }
  });
});
