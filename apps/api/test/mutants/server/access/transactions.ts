// Mutants of the transaction checks: a read changes nothing, prefetched rows belong to the query and the workspace of the call,
// and an ended transaction does nothing more.
import { send } from "../../../kit/index.ts";
import { team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";
import { projectIn, taskIn, tasksFile, twoTeams } from "./isolation.ts";

const changesInRead: Attack = {
  title: "a read with an inserted mistake deletes a task",
  tryOn: async (server) => {
    const here = await team(server);
    const id = await taskIn(here);
    await here.admin.call("tasks.get", { id }, here.id);
    const left = await server.database.owner("SELECT FROM tasks WHERE id = $1", [id]);
    return left.length === 0;
  },
};

const foreignRows: Attack = {
  title: "a call in a batch receives the rows of another call",
  tryOn: async (server) => {
    const here = await team(server);
    const ids = [await taskIn(here), await taskIn(here)];
    const input = encodeURIComponent(
      JSON.stringify(ids.map((id) => ({ id })).reduce((all, one, at) => ({ ...all, [at]: one }), {})),
    );
    const headers = { authorization: `Bearer ${here.admin.token}`, "x-workspace-id": here.id };
    const { text } = await send(`${server.url}/trpc/tasks.get,tasks.get?batch=1&input=${input}`, { headers });
    return !ids.every((id) => text.includes(`"id":"${id}"`));
  },
};

const listsForeignRows: Attack = {
  title: "a list shows the rows of an earlier caller in another workspace",
  tryOn: async (server) => {
    const { here, there } = await twoTeams(server);
    await taskIn(here);
    await here.admin.call("tasks.list", {}, here.id);
    const { data } = await there.admin.call("tasks.list", {}, there.id);
    return data.items.length > 0;
  },
};

const writesAfterEnd: Attack = {
  title: "a transaction that has ended writes to another workspace",
  tryOn: async (server) => {
    // The next transaction usually gets the connection that was released last. A background job may take it, so repeat.
    for (let tries = 0; tries < 5; tries += 1) {
      const { here, there } = await twoTeams(server);
      const own = { projectId: await projectIn(here), title: "Kept" };
      const theirs = { projectId: await projectIn(there), title: "Mine" };
      await here.admin.call("tasks.createMany", { items: [own] }, here.id);
      await there.admin.call("tasks.createMany", { items: [theirs] }, there.id);
      const made = await server.database.owner("SELECT FROM tasks WHERE workspace_id = $1", [there.id]);
      if (made.length > 1) return true;
    }
    return false;
  },
};

const readTask = "const task = await ws.db.sql.tasks.find(id);";
const getTask = "apps/api/src/features/tasks/get-task.ts";
const mistakeInPrisma = guard("(inserted mistake: a read deletes through Prisma)", getTask, [
  readTask,
  `${readTask} await ws.db.task.deleteMany({ where: { id } });`,
]);
const mistakeInSql = guard("(inserted mistake: a read deletes in SQL)", getTask, [
  readTask,
  `${readTask} await ws.db.transaction.$executeRaw\`DELETE FROM tasks WHERE id = \${id}::uuid\`;`,
]);
const mistakeInPrefetch = guard("(inserted mistake: a prefetched query deletes)", tasksFile, [
  "text: `SELECT ${COLUMNS} FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = $1`",
  "text: `DELETE FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = $1 RETURNING ${COLUMNS}`",
]);
const enterSql = "packages/db/src/scope/enter-sql.ts";
const readOnly = guard("a read runs in a read-only transaction", enterSql, [
  'isReadOnly(scope) ? "BEGIN READ ONLY" : "BEGIN"',
  '"BEGIN"',
]);
const readOnlySingleMessage = guard(
  "a read that is sent in one message runs in a read-only transaction",
  enterSql,
  ["isReadOnly(scope) ? [statement(READ_ONLY)] : []", "[]"],
);
const readOnlyPrefetch = {
  title: "projo_session_prefetching runs in a read-only transaction",
  sql: `DO $$ BEGIN EXECUTE replace(pg_get_functiondef('projo_session_prefetching'::regproc),
          'ignored := set_config(''transaction_read_only'', ''on'', true);', ''); END $$`,
};
const sameQuery = guard(
  "prefetched rows are used only for the same query",
  "packages/db/src/scope/transaction.ts",
  ["if (prefetched && isSame(prefetched.query, prepared))", "if (prefetched)"],
);
const mistakeCachedRows = guard(
  "(inserted mistake: prefetched rows are cached and returned again)",
  "packages/db/src/people/session-lookup.ts",
  [
    "prefetched: { workspaceId: record.membership.workspaceId, query, rows: answer.rows },",
    `prefetched: (globalThis.cachedRows ??= {
     workspaceId: record.membership.workspaceId, query, rows: answer.rows }),`,
  ],
);
const sameWorkspace = guard(
  "prefetched rows are used only in the same workspace",
  "packages/db/src/client.ts",
  ["prefetched?.workspaceId === workspaceId ? prefetched : undefined", "prefetched"],
);
const mistakeKeptTransaction = guard(
  "(inserted mistake: an ended transaction is kept and used)",
  "apps/api/src/features/tasks/create-tasks.ts",
  [
    "const skipped = rows.filter(({ id }) => !createdIds.has(id));",
    `const [{ externalId, ...row }] = rows;
     if (row.title === "Kept") globalThis.kept = ws.db;
     if (row.title === "Mine") await globalThis.kept?.sql.tasks.insert({ ...row, id: ws.newId() });
     const skipped = rows.filter(({ id }) => !createdIds.has(id));`,
  ],
);
const releasedConnection = guard(
  "a released connection cannot be used",
  "packages/db/src/scope/scoped-connection.ts",
  ['if (this.#isReleased) throw new DatabaseBusy("The transaction has ended, or took too long.");', ""],
);

export const transactions: readonly Mutant[] = [
  { removed: [mistakeInPrisma], succeeds: [], stillBlocked: [changesInRead] },
  { removed: [readOnly], succeeds: [], stillBlocked: [changesInRead] },
  { removed: [mistakeInPrisma, readOnly], succeeds: [changesInRead] },
  { removed: [mistakeInSql], succeeds: [], stillBlocked: [changesInRead] },
  { removed: [readOnlySingleMessage], succeeds: [], stillBlocked: [changesInRead] },
  { removed: [mistakeInSql, readOnlySingleMessage], succeeds: [changesInRead] },
  { removed: [mistakeInPrefetch], succeeds: [], stillBlocked: [changesInRead] },
  { removed: [readOnlyPrefetch], succeeds: [], stillBlocked: [changesInRead] },
  { removed: [mistakeInPrefetch, readOnlyPrefetch], succeeds: [changesInRead] },
  { removed: [sameQuery], succeeds: [foreignRows] },
  { removed: [mistakeCachedRows], succeeds: [], stillBlocked: [listsForeignRows] },
  { removed: [sameWorkspace], succeeds: [], stillBlocked: [listsForeignRows] },
  { removed: [mistakeCachedRows, sameWorkspace], succeeds: [listsForeignRows] },
  { removed: [mistakeKeptTransaction], succeeds: [], stillBlocked: [writesAfterEnd] },
  { removed: [releasedConnection], succeeds: [], stillBlocked: [writesAfterEnd] },
  { removed: [mistakeKeptTransaction, releasedConnection], succeeds: [writesAfterEnd] },
];
