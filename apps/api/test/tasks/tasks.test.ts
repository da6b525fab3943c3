import { taskStatuses } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  foundWorkspace,
  idsOf,
  join,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";

let server: TestServer;
let ada: Person;
let bob: Person;
let workspaceId: string;
let notes: string;
let looms: string;

beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  bob = await arrive(server, "bob");
  workspaceId = await foundWorkspace(ada);
  await join(server, workspaceId, bob, "member");
  notes = await makeProject("Notes");
  looms = await makeProject("Looms");
});
afterAll(() => server.close());

const as = (person: Person, verb: string, input: object): Promise<Answer> =>
  person.call(`tasks.${verb}`, input, workspaceId);
const tasks = (verb: string, input: object = {}): Promise<Answer> => as(ada, verb, input);
const ABSENT = "0190a6f0-0000-7000-8000-00000000abcd";

async function makeProject(name: string): Promise<string> {
  return String((await ada.call("projects.create", { name }, workspaceId)).data.id);
}

async function makeTask(title: string, more: object = {}, person = ada): Promise<string> {
  const { data } = await as(person, "create", { projectId: notes, title, ...more });
  return String(data.id);
}

it("The database allows the task statuses of the contract", async () => {
  const [row] = await server.database.owner<{ definition: string }>(
    "SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = 'tasks_status_known'",
  );
  const allowed = [...(row?.definition ?? "").matchAll(/'(\w+)'/g)].map(([, status]) => status);
  expect(allowed).toEqual([...taskStatuses]);
});

interface Entry {
  action: string;
  actor: string;
  before: { title: string };
}

const entriesOn = (id: string) =>
  server.database.owner<Entry>(
    "SELECT action, actor_user_id::text AS actor, meta_json->'before' AS before FROM audit_logs WHERE target_id = $1",
    [id],
  );

const day = (n: number) => `2026-03-0${n}T12:00:00.000Z`;

const filtered = async (input: object) => idsOf(await tasks("list", { search: "Filtered", ...input }));

describe("The filters of the task list", () => {
  let project: string;
  let all: { id: string; projectId: string; status: string; createdBy: string; createdAt: string }[];

  beforeAll(async () => {
    project = await makeProject("Filtered");
    const other = await makeProject("Filtered too");
    let n = 0;
    for (const status of ["todo", "doing", "done"]) {
      for (const [person, projectId] of [
        [ada, project],
        [bob, project],
        [ada, other],
      ] as const) {
        const id = await makeTask(`Filtered ${n}`, { status, projectId }, person);
        n += 1;
        await server.database.owner("UPDATE tasks SET created_at = $1 WHERE id = $2", [day((n % 5) + 1), id]);
      }
    }
    all = (await tasks("list", { search: "Filtered", limit: 100 })).data.items;
  });

  it("show exactly the matching tasks, one by one and in combination", async () => {
    const choices = {
      projectId: [undefined, project],
      status: [undefined, "todo", "doing", "done"],
      createdBy: [undefined, bob.id],
      createdAfter: [undefined, day(3)],
      createdBefore: [undefined, day(4)],
    };
    let selectiveFilters = 0;
    expect(all).toHaveLength(9);
    for (const filter of combinations(choices)) {
      const { projectId, status, createdBy, createdAfter, createdBefore } = filter;
      const matching = all.filter(
        (task) =>
          (projectId === undefined || task.projectId === projectId) &&
          (status === undefined || task.status === status) &&
          (createdBy === undefined || task.createdBy === createdBy) &&
          (createdAfter === undefined || task.createdAt >= createdAfter) &&
          (createdBefore === undefined || task.createdAt < createdBefore),
      );
      const answer = await tasks("list", { ...filter, search: "filtered", limit: 100 });
      expect(answer.data.items, JSON.stringify(filter)).toEqual(matching);
      selectiveFilters += matching.length > 0 && matching.length < 9 ? 1 : 0;
    }
    expect(selectiveFilters).toBeGreaterThan(20);
  });

  it("include the time of createdAfter and exclude the time of createdBefore, with any offset", async () => {
    const on = all.filter(({ createdAt }) => createdAt === day(2)).map(({ id }) => id);
    expect(on).not.toEqual([]);
    expect(await filtered({ createdAfter: day(2), createdBefore: day(3) })).toEqual(on);
    expect(await filtered({ createdAfter: day(2), createdBefore: day(2) })).toEqual([]);
    expect(
      await filtered({
        createdAfter: "2026-03-02T14:00:00+02:00",
        createdBefore: "2026-03-02T07:00:01-05:00",
      }),
    ).toEqual(on);
  });

  it("cause an error at each invalid field", async () => {
    const wrong = {
      status: "archived",
      createdAfter: "yesterday",
      createdBefore: "2026-02-30T00:00:00Z",
      projectId: "1",
      createdBy: "ada",
      search: "",
    };
    const answer = await tasks("list", wrong);
    expect(answer.error).toMatchObject({ httpStatus: 400, reason: "input.invalid" });
    expect(Object.keys(answer.error?.fieldErrors ?? {}).toSorted()).toEqual(Object.keys(wrong).toSorted());
  });
});

interface Named {
  id: string;
  title: string;
  projectName?: string | null;
}

const named = (list: Answer): Named[] => (list.data as { items: Named[] }).items;

/** Lists the newest task with the name of its project, by a service key with these scopes. */
async function listedByKey(...scopes: string[]): Promise<Named[]> {
  const { data } = await ada.call("serviceKeys.create", { name: scopes.join(), scopes }, workspaceId);
  const input = encodeURIComponent(JSON.stringify({ limit: 1, include: ["projectName"] }));
  const headers = { authorization: `Bearer ${String(data.token)}` };
  const response = await fetch(`${server.url}/trpc/tasks.list?input=${input}`, { headers });
  const { result } = (await response.json()) as { result: { data: { items: Named[] } } };
  return result.data.items;
}

const beginning = async (idPrefix: string, input: object = {}) =>
  idsOf(await tasks("list", { idPrefix, limit: 100, ...input }));
const digitsOf = (id: string) => id.replaceAll("-", "");

describe("The beginning of an id", () => {
  it("finds the tasks whose ids begin with it, in each order and with other filters", async () => {
    const ids = [await makeTask("First"), await makeTask("Second", { status: "done" })];
    for (const id of ids) {
      for (const length of [13, 20, 31, 32])
        expect(await beginning(digitsOf(id).slice(0, length))).toContain(id);
      expect(await beginning(digitsOf(id))).toEqual([id]);
      for (const order of ["newest", "oldest", "last_changed"])
        expect(await beginning(digitsOf(id), { order })).toEqual([id]);
    }
    const second = ids[1] ?? "";
    expect(await beginning(digitsOf(second), { status: "todo" })).toEqual([]);
    expect(await beginning(digitsOf(second), { status: "done" })).toEqual([second]);
    expect(await beginning("0000")).toEqual([]);
    expect(await beginning("ffff")).toEqual([]);
  });

  it("finds no task of another workspace", async () => {
    const id = await makeTask("Ours");
    const elsewhere = await foundWorkspace(ada);
    expect(idsOf(await ada.call("tasks.list", { idPrefix: digitsOf(id) }, elsewhere))).toEqual([]);
  });

  it.each(["019", "019AC5A2", "019ac5a2-5d0f", "xyzw", `${"0".repeat(33)}`])(
    "%s is refused",
    async (idPrefix) => {
      const { error } = await tasks("list", { idPrefix });
      expect(error).toMatchObject({
        reason: "input.invalid",
        fieldErrors: { idPrefix: [expect.any(String)] },
      });
    },
  );

  it("is part of what a cursor is bound to", async () => {
    await makeTask("One");
    const id = await makeTask("Two");
    const page = await tasks("list", { idPrefix: digitsOf(id).slice(0, 4), limit: 1 });
    const other = await tasks("list", { idPrefix: "0000", limit: 1, cursor: String(page.data.nextCursor) });
    expect(other.error).toMatchObject({ reason: "cursor.invalid" });
  });
});

describe("The names of the projects in a list of tasks", () => {
  it("a list returns them on request, in each order and with a search", async () => {
    const inNotes = await makeTask("Name of Notes");
    const inLooms = await makeTask("Name of Looms", { projectId: looms });
    for (const order of ["newest", "oldest", "last_changed"]) {
      const items = named(await tasks("list", { order, search: "name of", include: ["projectName"] }));
      expect(new Map(items.map(({ id, projectName }) => [id, projectName]))).toEqual(
        new Map([
          [inNotes, "Notes"],
          [inLooms, "Looms"],
        ]),
      );
    }
    for (const item of named(await tasks("list"))) expect(item).not.toHaveProperty("projectName");
  });

  it("do not change which cursor is valid", async () => {
    for (let n = 0; n < 3; n += 1) await makeTask(`Page ${n}`);
    const first = await tasks("list", { limit: 1 });
    const second = await tasks("list", {
      limit: 1,
      cursor: String(first.data.nextCursor),
      include: ["projectName"],
    });
    expect(named(second)).toMatchObject([{ title: "Page 1", projectName: "Notes" }]);
    const third = await tasks("list", { limit: 1, cursor: String(second.data.nextCursor) });
    expect(named(third)).toMatchObject([{ title: "Page 0" }]);
  });

  it("a list has null for a service key without project:read", async () => {
    await makeTask("For keys");
    expect(await listedByKey("task:read")).toMatchObject([{ title: "For keys", projectName: null }]);
    expect(await listedByKey("task:read", "project:read")).toMatchObject([{ projectName: "Notes" }]);
  });
});

describe("A search", () => {
  const titles = [
    "Search: 100% of it",
    "Search: 100 of it",
    "Search: snake_case",
    "Search: snakeXcase",
    String.raw`Search: C:\temp`,
    "Search: C:/temp",
    "Search: Größe ÉTÉ",
    "Search: 日本語 タスク",
    "Search: 🙂 smile",
    'Search: it\'s "quoted"',
    "Search: tab\there",
  ];
  beforeAll(async () => {
    const items = titles.map((title) => ({ projectId: looms, title }));
    await tasks("createMany", { items });
  });

  it.each([
    ["100%", ["Search: 100% of it"]],
    ["search: 100", ["Search: 100 of it", "Search: 100% of it"]],
    ["%", ["Search: 100% of it"]],
    ["_", ["Search: snake_case"]],
    ["SNAKE_CASE", ["Search: snake_case"]],
    ["\\", [String.raw`Search: C:\temp`]],
    [String.raw`:\T`, [String.raw`Search: C:\temp`]],
    [String.raw`\%`, []],
    ["größe", ["Search: Größe ÉTÉ"]],
    ["été", ["Search: Größe ÉTÉ"]],
    ["日本", ["Search: 日本語 タスク"]],
    ["🙂", ["Search: 🙂 smile"]],
    ["'s \"q", ['Search: it\'s "quoted"']],
    ["' OR ''='", []],
    ["TAB  here", ["Search: tab\there"]],
    ["tab\u00a0here", ["Search: tab\there"]],
    [" \t 100%\n", ["Search: 100% of it"]],
    ["GRO\u0308SSE", ["Search: Größe ÉTÉ"]],
    ["e\u0301te\u0301", ["Search: Größe ÉTÉ"]],
    ["\u0301te", []],
    ["１００％", ["Search: 100% of it"]],
    ["ﾀｽｸ", ["Search: 日本語 タスク"]],
    ["nothing like it", []],
  ])("for %j finds exactly the titles that contain an equal text", async (search, expected) => {
    const answer = await tasks("list", { projectId: looms, search });
    const found = (answer.data.items as { title: string }[]).map(({ title }) => title);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
});

describe("N9 A search text", () => {
  it.each(["", " ", " \t\n", "\u00a0\u3000", "\u200b", "\u2800\u3164", "\ufeff", "x".repeat(201), "a\0b"])(
    "cannot be %j",
    async (search) => {
      for (const operation of ["tasks.list", "projects.list"]) {
        const answer = await ada.call(operation, { search }, workspaceId);
        expect(answer.error).toMatchObject({ httpStatus: 400 });
        expect(answer.error?.reason).toMatch(/^input\./);
      }
    },
  );

  it("may have 200 characters and white space around them", async () => {
    expect((await tasks("list", { search: `  ${"x".repeat(200)}\n` })).data.items).toEqual([]);
  });
});

describe("An update", () => {
  it("changes only the given fields", async () => {
    const id = await makeTask("As it was", { status: "doing" });
    const before = (await tasks("get", { id })).data;
    const updatedAt = expect.any(String) as string;
    const changed = { ...before, updatedAt };
    const renamed = await tasks("update", { id, title: "Renamed" });
    expect(renamed.data).toEqual({ ...changed, title: "Renamed", version: 2 });
    const done = await as(bob, "update", { id, status: "done" });
    expect(done.data).toEqual({ ...changed, title: "Renamed", status: "done", version: 3 });
    const moved = await tasks("update", { id, projectId: looms });
    expect(moved.data).toEqual({
      ...changed,
      title: "Renamed",
      status: "done",
      projectId: looms,
      version: 4,
    });
    expect((await tasks("get", { id })).data).toEqual(moved.data);
  });

  it("without a field returns an error", async () => {
    const id = await makeTask("Unchanged");
    for (const nothing of [{}, { title: undefined }]) {
      const answer = await tasks("update", { id, ...nothing });
      expect(answer.error).toMatchObject({
        reason: "input.invalid",
        fieldErrors: { "": ["Name at least one field to change."] },
      });
    }
  });

  it("cannot move a task to a project of another workspace", async () => {
    const id = await makeTask("Stays");
    const foreign = await ada.call("projects.create", { name: "Else" }, await foundWorkspace(ada, "Else"));
    for (const projectId of [foreign.data.id, ABSENT]) {
      expect((await tasks("update", { id, projectId })).error).toMatchObject({ reason: "project.not_found" });
    }
    expect((await tasks("get", { id })).data.projectId).toBe(notes);
  });
});

describe("A deletion", () => {
  it("deletes the task and records the actor and the title", async () => {
    const id = await makeTask("Doomed");
    const answer = await as(bob, "delete", { id });
    expect(answer.data).toEqual({ id });
    expect((await tasks("get", { id })).error).toMatchObject({ reason: "task.not_found" });
    expect(await entriesOn(id)).toEqual([
      { action: "task.deleted", actor: bob.id, before: { title: "Doomed" } },
    ]);
    expect((await as(bob, "delete", { id })).error).toMatchObject({ reason: "task.not_found" });
    expect(await entriesOn(id)).toHaveLength(1);
  });

  it("U1 fails if its audit entry cannot be recorded", async () => {
    const id = await makeTask("Cannot be recorded");
    const project = await makeProject("Cannot be recorded either");
    await server.database.owner("ALTER TABLE audit_logs ADD CONSTRAINT out_of_paper CHECK (false) NOT VALID");
    try {
      for (const answer of [
        await tasks("delete", { id }),
        await ada.call("projects.delete", { id: project }, workspaceId),
      ]) {
        expect(answer).toMatchObject({ status: 500, error: { reason: "server.internal" } });
        expect(
          server.logLines.some(
            (line) => line.includes(answer.error?.requestId ?? "-") && line.includes("a bug"),
          ),
        ).toBe(true);
      }
      expect((await ada.call("workspaces.create", { name: "Unrecorded" })).status).toBe(500);
    } finally {
      await server.database.owner("ALTER TABLE audit_logs DROP CONSTRAINT out_of_paper");
    }
    expect((await tasks("get", { id })).data.title).toBe("Cannot be recorded");
    expect((await ada.call("projects.get", { id: project }, workspaceId)).status).toBe(200);
    expect(await server.database.owner("SELECT id FROM workspaces WHERE name = 'Unrecorded'")).toEqual([]);
    expect((await tasks("delete", { id })).status).toBe(200);
    expect(await entriesOn(id)).toHaveLength(1);
  });
});

const items = (count: number, more: (n: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, n) => ({ projectId: notes, title: `Many ${n}`, ...more(n) }));
const countIn = async (projectId: string) => {
  const [row] = await server.database.owner<{ n: number }>(
    "SELECT count(*)::int AS n FROM tasks WHERE project_id = $1",
    [projectId],
  );
  return row?.n;
};

describe("The creation of many tasks in one call", () => {
  it("returns the tasks in the order of the input", async () => {
    const answer = await tasks("createMany", { items: items(100) });
    const found = await Promise.all(idsOf(answer).map((id) => tasks("get", { id })));
    expect(found.map(({ data }) => String(data.title))).toEqual(items(100).map(({ title }) => title));
    expect(new Set(idsOf(answer)).size).toBe(100);
  });

  it("creates a task once when the call is repeated, and does not change it", async () => {
    const project = await makeProject("Repeated");
    const call = (title: string) =>
      tasks("createMany", {
        items: items(5, (n) => ({ projectId: project, title: `${title} ${n}`, externalId: `row ${n}` })),
      });
    const first = await call("First");
    expect(first.data.items).toMatchObject(Array.from({ length: 5 }, () => ({ created: true })));
    const second = await call("Second");
    expect(idsOf(second)).toEqual(idsOf(first));
    expect(second.data.items).toMatchObject(Array.from({ length: 5 }, () => ({ created: false })));
    const [id] = idsOf(first);
    expect((await tasks("get", { id })).data.title).toBe("First 0");
    // New tasks in the same call are created. Tasks without an externalId are always new.
    const mixed = [
      { projectId: project, title: "New", externalId: "row 9" },
      { projectId: project, title: "Old", externalId: "row 3" },
      { projectId: project, title: "Nameless" },
      { projectId: looms, title: "Elsewhere", externalId: "row 3" },
    ];
    const third = await tasks("createMany", { items: mixed });
    expect((third.data.items as { created: boolean }[]).map(({ created }) => created)).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(idsOf(third)[1]).toBe(idsOf(first)[3]);
    expect(await countIn(project)).toBe(7);
  });

  it("creates one task for two items with the same externalId", async () => {
    const project = await makeProject("Duplicates");
    const answer = await tasks("createMany", {
      items: ["a", "b", "a"].map((externalId, n) => ({
        projectId: project,
        title: `Duplicate ${n}`,
        externalId,
      })),
    });
    const [first, , third] = answer.data.items as { id: string; created: boolean }[];
    expect(answer.data.items).toMatchObject([{ created: true }, { created: true }, { created: false }]);
    expect(third?.id).toBe(first?.id);
    expect(await countIn(project)).toBe(2);
  });

  it("creates all tasks or none", async () => {
    const project = await makeProject("All or none");
    const withOneUnknownProject = items(10, (n) => ({ projectId: n === 9 ? ABSENT : project }));
    const answer = await tasks("createMany", { items: withOneUnknownProject });
    expect(answer.error).toMatchObject({ reason: "project.not_found" });
    const withOneInvalidTitle = items(10, (n) => ({ projectId: project, ...(n === 9 ? { title: "" } : {}) }));
    const refused = await tasks("createMany", { items: withOneInvalidTitle });
    expect(Object.keys(refused.error?.fieldErrors ?? {})).toEqual(["items.9.title"]);
    expect(await countIn(project)).toBe(0);
  });

  it("accepts 1 to 100 items", async () => {
    for (const count of [0, 101]) {
      const answer = await tasks("createMany", { items: items(count) });
      expect(Object.keys(answer.error?.fieldErrors ?? {})).toEqual(["items"]);
    }
  });

  it("creates no duplicates in 8 identical concurrent calls", async () => {
    const project = await makeProject("At once");
    const input = { items: items(20, (n) => ({ projectId: project, externalId: `row ${n}` })) };
    const answers = await Promise.all(Array.from({ length: 8 }, () => tasks("createMany", input)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await countIn(project)).toBe(20);
    for (const answer of answers) expect(idsOf(answer)).toEqual(idsOf(answers[0] as Answer));
    const created = answers.flatMap(({ data }) =>
      (data.items as { created: boolean }[]).filter((one) => one.created),
    );
    expect(created).toHaveLength(20);
  });

  it("N8 creates each task once when two members import one list in opposite orders", async () => {
    const project = await makeProject("Opposite");
    for (let round = 0; round < 10; round += 1) {
      const list = items(100, (n) => ({ projectId: project, externalId: `round ${round} row ${n}` }));
      const answers = await Promise.all([
        ada.call("tasks.createMany", { items: list }, workspaceId),
        bob.call("tasks.createMany", { items: list.toReversed() }, workspaceId),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(await countIn(project)).toBe(100 * (round + 1));
    }
  });
});

describe("A title", () => {
  it.each([
    ["a letter", "x"],
    ["200 letters", "x".repeat(200)],
    ["200 emoji", "🙂".repeat(200)],
    ["characters of several code points", "👩‍👩‍👧‍👦 and 🇩🇪"],
    ["every script", "Größe ÉTÉ 日本語 العربية עברית हिन्दी Ελληνικά"],
    ["decomposed letters", "e\u0301 beside \u00e9"],
    ["a tab", "a\tb"],
    ["text that looks like code", `'; DROP TABLE tasks; -- <script>alert("x")</script> \${1} %s \\n`],
    ["direction marks", "\u202Eevil\u202C"],
  ])("may be %s and is returned byte for byte", async (_, title) => {
    const id = await makeTask(title);
    expect((await tasks("get", { id })).data.title).toBe(title);
    const [row] = await server.database.owner<{ title: string }>("SELECT title FROM tasks WHERE id = $1", [
      id,
    ]);
    expect(Buffer.from(row?.title ?? "")).toEqual(Buffer.from(title));
  });

  it("loses the white space around it", async () => {
    const id = await makeTask(" \t Trimmed \u00a0\n");
    expect((await tasks("get", { id })).data.title).toBe("Trimmed");
  });

  it.each([
    ["empty", ""],
    ["only white space", " \t\n "],
    ["201 letters", "x".repeat(201)],
    ["201 emoji", "🙂".repeat(201)],
    ["two lines", "a\nb"],
    ["a carriage return", "a\rb"],
    ["an escape", "a\u001b[31mb"],
    ["a delete", "a\u007fb"],
    ["a C1 control", "a\u0085b"],
    ["a NUL", "a\u0000b"],
    ["a number", 7],
    ["null", null],
  ])("cannot be %s", async (_, title) => {
    for (const answer of [
      await tasks("create", { projectId: notes, title }),
      await tasks("update", { id: ABSENT, title }),
    ]) {
      expect(answer.error).toMatchObject({ httpStatus: 400, reason: "input.invalid" });
      expect(Object.keys(answer.error?.fieldErrors ?? {})).toEqual(["title"]);
    }
  });
});

type Choices = Record<string, readonly (string | undefined)[]>;

/** Returns every combination of one choice per name. */
function combinations(choices: Choices): Record<string, string | undefined>[] {
  return Object.entries(choices).reduce<Record<string, string | undefined>[]>(
    (found, [name, values]) => found.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}
