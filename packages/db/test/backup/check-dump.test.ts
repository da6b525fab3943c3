// F15: the check of a dump detects dumps that are empty, cut, filtered or without the data of a table.
import { expect, it } from "vitest";
import { checkDump } from "../../src/index.ts";

const [user, one, two] = [1, 2, 3].map((n) => `0195a2c4-7d1e-7c3a-9d5e-00000000000${n}`);

interface Content {
  readonly tables?: readonly string[];
  readonly rows: Readonly<Record<string, readonly string[]>>;
  readonly end?: readonly string[];
}

const columns: Readonly<Record<string, string>> = {
  audit_heads: "workspace_id, seq, hash",
  audit_logs: "id, workspace_id, action, seq",
  tasks: 'id, "workspace_id", title',
  users: "id, email",
  workspaces: "id, name",
};

async function* dumpOf({
  tables = Object.keys(columns),
  rows,
  end = ["-- PostgreSQL database dump complete"],
}: Content) {
  for (const table of tables) yield `CREATE TABLE public.${table} (`;
  for (const [table, lines] of Object.entries(rows)) {
    yield `COPY public.${table} (${columns[table] ?? "id"}) FROM stdin;`;
    for (const line of lines) yield line;
    yield "\\.";
  }
  for (const line of end) yield line;
}

const complete = {
  audit_heads: [`${one}\t2\t\\\\xaa`, `${two}\t0\t\\\\xbb`],
  audit_logs: [`a\t${one}\tworkspace.created\t1`, `b\t${one}\ttask.deleted\t2`],
  tasks: [`t\t${one}\tCOPY public.users (id) FROM stdin;`],
  users: [`${user}\tada@example.com`],
  workspaces: [`${one}\tAcme`, `${two}\tOther`],
};

it("F15 accepts a complete dump and counts its rows", async () => {
  const { rows, problems } = await checkDump(dumpOf({ rows: complete }));
  expect(problems).toEqual([]);
  expect(Object.fromEntries(rows)).toEqual({
    audit_heads: 2,
    audit_logs: 2,
    tasks: 1,
    users: 1,
    workspaces: 2,
  });
});

const { tasks: _tasks, ...withoutTasks } = complete;
const broken: [what: string, content: Content, problem: RegExp][] = [
  [
    "another database",
    { tables: ["users"], rows: { users: [] } },
    /^It is not a dump of a database of ProjoStack/,
  ],
  ["no data of a table", { rows: withoutTasks }, /^It has no data of tasks\.$/],
  [
    "no row",
    { rows: Object.fromEntries(Object.keys(columns).map((table) => [table, []])) },
    /^It has no account/,
  ],
  [
    "rows of accounts only, as of the owner with --enable-row-security",
    { rows: { ...complete, audit_heads: [], audit_logs: [], tasks: [], workspaces: [] } },
    /^It has 1 accounts and no workspace\. Row-level security hid rows/,
  ],
  [
    "the workspaces without their heads",
    { rows: { ...complete, audit_heads: [], audit_logs: [] } },
    /^The audit log of the workspace \S+ has no end/,
  ],
  [
    "one entry less than the head says",
    { rows: { ...complete, audit_logs: complete.audit_logs.slice(1) } },
    /ends at entry 2, but the dump contains 1 entries/,
  ],
  [
    "a workspace less than its rows",
    { rows: { ...complete, workspaces: [`${two}\tOther`] } },
    /^The table tasks has rows of workspaces/,
  ],
  ["no end", { rows: complete, end: [] }, /^It ends before its end/],
];

it.each(broken)("F15 rejects a dump with %s", async (_what, content, problem) => {
  const { problems } = await checkDump(dumpOf(content));
  expect(problems[0]).toMatch(problem);
});
