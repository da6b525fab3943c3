// How a workspace's transaction is held to what it is for: a read reads, an answer is to its own question and of its own
// workspace, and what has ended does nothing more.
import { send } from "../../../kit/index.ts";
import { team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";
import { projectIn, taskIn, tasksFile, twoTeams } from "./isolation.ts";

const changesInRead: Attack = {
  says: "a mistake of ours deletes a task when it is read",
  tryOn: async (server) => {
    const here = await team(server);
    const id = await taskIn(here);
    await here.admin.call("tasks.get", { id }, here.id);
    const left = await server.database.owner("SELECT FROM tasks WHERE id = $1", [id]);
    return left.length === 0;
  },
};

const anothersAnswer: Attack = {
  says: "of two calls in a batch one is given the answer to the other's question",
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

const listsAnothers: Attack = {
  says: "a list shows what another workspace was answered before",
  tryOn: async (server) => {
    const { here, there } = await twoTeams(server);
    await taskIn(here);
    await here.admin.call("tasks.list", {}, here.id);
    const { data } = await there.admin.call("tasks.list", {}, there.id);
    return data.items.length > 0;
  },
};

const writesLater: Attack = {
  says: "a transaction that has ended writes into another workspace",
  tryOn: async (server) => {
    // The connection is the one that was given back last, but for what the server does by itself at that moment.
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
const mistake = guard("(a mistake is put in: a read deletes, by Prisma)", getTask, [
  readTask,
  `${readTask} await ws.db.task.deleteMany({ where: { id } });`,
]);
const mistakeInSql = guard("(a mistake is put in: a read deletes, in SQL)", getTask, [
  readTask,
  `${readTask} await ws.db.transaction.$executeRaw\`DELETE FROM tasks WHERE id = \${id}::uuid\`;`,
]);
const mistakeAhead = guard("(a mistake is put in: what is asked ahead deletes)", tasksFile, [
  "text: `SELECT ${COLUMNS} FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = $1`",
  "text: `DELETE FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = $1 RETURNING ${COLUMNS}`",
]);
const enterSql = "packages/db/src/scope/enter-sql.ts";
const readOnly = guard("a read is a read-only transaction", enterSql, [
  'isReadOnly(scope) ? "BEGIN READ ONLY" : "BEGIN"',
  '"BEGIN"',
]);
const readOnlyStep = guard("a read that is one message is a read-only transaction", enterSql, [
  "isReadOnly(scope) ? [statement(READ_ONLY)] : []",
  "[]",
]);
const readOnlyAhead = {
  says: "a read with who asks is a read-only transaction (projo_session_prefetching)",
  sql: `DO $$ BEGIN EXECUTE replace(pg_get_functiondef('projo_session_prefetching'::regproc),
          'ignored := set_config(''transaction_read_only'', ''on'', true);', ''); END $$`,
};
const sameQuestion = guard("an answer is to the very question", "packages/db/src/scope/transaction.ts", [
  "if (prefetched && isSame(prefetched.query, prepared))",
  "if (prefetched)",
]);
const keptAnswer = guard(
  "(a mistake is put in: an answer is kept and given again)",
  "packages/db/src/people/session-lookup.ts",
  [
    "prefetched: { workspaceId: record.membership.workspaceId, query, rows: answer.rows },",
    `prefetched: (globalThis.keptAnswer ??= {
     workspaceId: record.membership.workspaceId, query, rows: answer.rows }),`,
  ],
);
const sameWorkspace = guard("an answer is of the workspace that is entered", "packages/db/src/db.ts", [
  "prefetched?.workspaceId === workspaceId ? prefetched : undefined",
  "prefetched",
]);
const keeping = guard(
  "(a mistake is put in: a transaction that has ended is kept and used)",
  "apps/api/src/features/tasks/create-tasks.ts",
  [
    "const skipped = rows.filter(({ id }) => !createdIds.has(id));",
    `const [{ externalId, ...row }] = rows;
     if (row.title === "Kept") globalThis.kept = ws.db;
     if (row.title === "Mine") await globalThis.kept?.tasks.insert({ ...row, id: ws.newId() });
     const skipped = rows.filter(({ id }) => !createdIds.has(id));`,
  ],
);
const released = guard(
  "a connection that was given back is used no more",
  "packages/db/src/scope/scoped-connection.ts",
  ['if (this.#isReleased) throw new DatabaseBusy("The transaction has ended, or took too long.");', ""],
);

export const transactions: readonly Mutant[] = [
  { without: [mistake], works: [], refused: [changesInRead] },
  { without: [readOnly], works: [], refused: [changesInRead] },
  { without: [mistake, readOnly], works: [changesInRead] },
  { without: [mistakeInSql], works: [], refused: [changesInRead] },
  { without: [readOnlyStep], works: [], refused: [changesInRead] },
  { without: [mistakeInSql, readOnlyStep], works: [changesInRead] },
  { without: [mistakeAhead], works: [], refused: [changesInRead] },
  { without: [readOnlyAhead], works: [], refused: [changesInRead] },
  { without: [mistakeAhead, readOnlyAhead], works: [changesInRead] },
  { without: [sameQuestion], works: [anothersAnswer] },
  { without: [keptAnswer], works: [], refused: [listsAnothers] },
  { without: [sameWorkspace], works: [], refused: [listsAnothers] },
  { without: [keptAnswer, sameWorkspace], works: [listsAnothers] },
  { without: [keeping], works: [], refused: [writesLater] },
  { without: [released], works: [], refused: [writesLater] },
  { without: [keeping, released], works: [writesLater] },
];
