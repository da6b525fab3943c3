// The results of a search, compared with a search of the same titles in JavaScript.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TaskListing, TaskRow } from "../src/tenant/tasks.ts";
import { fold } from "./kit/fold.ts";
import { createTestDatabase, type TestDatabase } from "./kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "./kit/plant-workspace.ts";

const TITLES = [
  "100% of it",
  "100 of it",
  "%",
  "snake_case",
  "snakeXcase",
  "__init__",
  String.raw`C:\temp`,
  String.raw`a\%b\_c\\d`,
  "C:/temp",
  `it's "quoted" and $1 'twice'`,
  "Größe STRASSE straße",
  "ẞ is a capital ß",
  "ÉTÉ été e\u0301te\u0301",
  "İstanbul ISPARTA ırmak i",
  "ΟΔΟΣ οδος ὈΔΥΣΣΕΎΣ",
  "ПРИВЕТ, мир",
  "日本語 タスク",
  "\u{212A}elvin and \u{212B}ngström",
  "🙂 smile 👩‍👩‍👧 family 🏳️‍🌈",
  "𐐀𐐨 Deseret",
  "tab\there",
  "two  blanks",
  "aaaaab",
  "\u{10FFFF}",
  "ＦＵＬＬ ｗｉｄｔｈ ｶﾞｷﾞ ガギ",
  "분기 보고서 \u1112\u1161\u11ab글",
  "ᾼ ᾀι ﬁn ŉ",
  "so\u00adft zero\u200bwidth می‌خواهم",
  "no\u00a0break \u3000 wide",
  // The longest title. An index entry has at most 2,704 bytes and contains the title twice.
  String.fromCodePoint(...Array.from({ length: 200 }, (_, n) => 0x20000 + n * 197)),
];

let database: TestDatabase;
let home: PlantedWorkspace;
let all: TaskRow[];
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  const other = await plantWorkspace(database);
  // The other workspace has the same titles. Its tasks are created before and after those of the home workspace.
  for (const { id, projectId, userId } of [other, home, other]) await plantTasks(id, projectId, userId);
  all = await database.owner<Row>(
    `SELECT id, project_id AS "projectId", title, status, created_by AS "createdBy", created_at AS "createdAt",
            updated_at AS "updatedAt", version
       FROM tasks WHERE workspace_id = $1 ORDER BY id DESC`,
    [home.id],
  );
});
afterAll(() => database.drop());

type Row = TaskRow & Record<string, unknown>;

const STATUSES = ["todo", "doing", "done"];
const day = (n: number) => new Date(Date.UTC(2026, 2, 1 + n, 12));

/** Inserts each title twice, for two users, in two projects, with all statuses, over ten days. */
async function plantTasks(workspaceId: string, projectId: string, userId: string): Promise<void> {
  const [other, person] = [randomUUID(), randomUUID()];
  await database.owner("INSERT INTO users (id, email, password_hash) VALUES ($1, $2, 'none')", [
    person,
    `${person}@example.com`,
  ]);
  await database.owner(
    "INSERT INTO projects (id, workspace_id, name, created_by) VALUES ($1, $2, 'Other', $3)",
    [other, workspaceId, userId],
  );
  for (const [n, title] of [...TITLES, ...TITLES].entries()) {
    await database.owner(
      `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        randomUUID(),
        workspaceId,
        n % 3 === 0 ? other : projectId,
        title,
        STATUSES[n % 4] ?? "done",
        n % 5 < 2 ? person : userId,
        day(n % 10),
      ],
    );
  }
}

const search = (input: Partial<TaskListing> & { search: string }) =>
  database.db.read(home.grant("task:read"), ({ sql: { tasks } }) =>
    tasks.list({ after: undefined, limit: 1_000, ...input }),
  );

const titleHas = (part: string) => (task: TaskRow) => fold(task.title).includes(fold(part));

/**
 * The letters of every title, its substrings of two and five letters, and the whole title, each also in the other case and with
 * decomposed accents.
 */
function parts(): string[] {
  const found = TITLES.flatMap((title) => {
    const letters = Array.from(title);
    const runs = [1, 2, 5].flatMap((many) =>
      letters.slice(0, 40).map((_, n) => letters.slice(n, n + many).join("")),
    );
    return [...runs, title];
  });
  return [
    ...new Set(
      found.flatMap((part) => [part, part.toLowerCase(), part.toUpperCase(), part.normalize("NFD")]),
    ),
  ].filter((part) => Array.from(part).length <= 200);
}

describe("a search for a part of a title", () => {
  it("finds exactly the tasks that contain it, ignoring case", async () => {
    let met = 0;
    const asked = parts();
    await database.db.read(home.grant("task:read"), async ({ sql: { tasks } }) => {
      for (const part of asked) {
        const found = await tasks.list({ search: part, after: undefined, limit: 1_000 });
        const expected = all.filter(titleHas(part));
        expect(found, JSON.stringify(part)).toEqual(expected);
        met += expected.length > 0 && expected.length < all.length ? 1 : 0;
      }
    });
    expect(met).toBeGreaterThan(500);
  });

  it.each([
    "nowhere",
    "%%",
    "_",
    "a%b",
    String.raw`\_`,
    "' OR true --",
    "${",
    "\u0301e",
    " \u200b",
    "x".repeat(200),
  ])("for %j finds the same tasks as JavaScript", async (part) => {
    expect(await search({ search: part })).toEqual(all.filter(titleHas(part)));
  });

  it("finds a task by its new title after a change", async () => {
    const [task] = await search({ search: "snakexcase" });
    const retitle = (title: string) =>
      database.db.write(home.grant("task:write"), (tables) =>
        tables.task.updateMany({ where: { id: String(task?.id) }, data: { title } }),
      );
    await retitle("Now a PYTHON");
    expect(await search({ search: "a python" })).toMatchObject([{ id: task?.id, title: "Now a PYTHON" }]);
    expect(await search({ search: "snakexcase" })).toHaveLength(1);
    await retitle("snakeXcase");
  });
});

it("every combination of filters returns exactly the matching tasks, page by page", async () => {
  const [one] = all;
  const choices: Omit<Partial<TaskListing>, "after" | "limit">[] = [
    { projectId: String(one?.projectId) },
    { status: "doing" },
    { createdBy: String(one?.createdBy) },
    { createdAfter: day(3) },
    { createdBefore: day(7) },
  ];
  let met = 0;
  for (let chosen = 0; chosen < 2 ** choices.length; chosen += 1) {
    const filters = Object.assign(
      {},
      ...choices.filter((_, n) => (chosen >> n) % 2 === 1),
    ) as Partial<TaskListing>;
    for (const part of ["e", "case"]) {
      const expected = all.filter((task) => titleHas(part)(task) && fits(task, filters));
      const shown: TaskRow[] = [];
      for (;;) {
        const page = await search({ ...filters, search: part, limit: 3, after: shown.at(-1) });
        if (page.length === 0) break;
        shown.push(...page);
      }
      expect(
        shown.map(({ id }) => id),
        JSON.stringify({ part, ...filters }),
      ).toEqual(expected.map(({ id }) => id));
      met += expected.length > 0 ? 1 : 0;
    }
  }
  expect(met).toBeGreaterThan(30);
});

const fits = (
  task: TaskRow,
  { projectId, status, createdBy, createdAfter, createdBefore }: Partial<TaskListing>,
) =>
  (projectId === undefined || task.projectId === projectId) &&
  (status === undefined || task.status === status) &&
  (createdBy === undefined || task.createdBy === createdBy) &&
  (createdAfter === undefined || task.createdAt >= createdAfter) &&
  (createdBefore === undefined || task.createdAt < createdBefore);

const foreign = async () => {
  const found = await search({ search: "e" });
  return found.filter(({ id }) => !all.some((task) => task.id === id));
};

describe("a search with the same titles in another workspace", () => {
  it("finds none of that workspace's tasks", async () => {
    expect(await foreign()).toEqual([]);
  });

  it("finds none of them without row-level security either", async () => {
    await database.owner("ALTER TABLE tasks DISABLE ROW LEVEL SECURITY");
    expect(await foreign()).toEqual([]);
    await database.owner("ALTER TABLE tasks ENABLE ROW LEVEL SECURITY");
  });
});
