// One workspace's rows and another's: ids, cursors, counts. What the tenant's filter, the policies and the keys of the
// schema stop, each with the others taken out.
import { randomUUID } from "node:crypto";
import type { TestServer } from "../../../kit/index.ts";
import { team, worked, type Team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

export async function projectIn({ admin, id }: Team): Promise<string> {
  const { data } = await admin.call("projects.create", { name: "Notes" }, id);
  return String(data.id);
}

export async function taskIn(here: Team, projectId?: string): Promise<string> {
  const input = { projectId: projectId ?? (await projectIn(here)), title: "Note", status: "todo" };
  const { data } = await here.admin.call("tasks.create", input, here.id);
  return String(data.id);
}

export const twoTeams = async (server: TestServer) => ({
  here: await team(server),
  there: await team(server),
});

const readsForeign: Attack = {
  says: "a task of another workspace is read by its id",
  tryOn: async (server) => {
    const { here, there } = await twoTeams(server);
    return worked(await here.admin.call("tasks.get", { id: await taskIn(there) }, here.id));
  },
};

const changesForeign: Attack = {
  says: "a task of another workspace is changed by its id",
  tryOn: async (server) => {
    const { here, there } = await twoTeams(server);
    return worked(await here.admin.call("tasks.update", { id: await taskIn(there), title: "Mine" }, here.id));
  },
};

const pointsAbroad: Attack = {
  says: "a task is made in a project of another workspace",
  tryOn: async (server) => {
    const { here, there } = await twoTeams(server);
    const input = { projectId: await projectIn(there), title: "Mine", status: "todo" };
    return worked(await here.admin.call("tasks.create", input, here.id));
  },
};

/** The cursor of a list's first page, used where it does not belong. */
const withCursor = (
  says: string,
  elsewhere: (here: Team, cursor: string, server: TestServer) => Promise<boolean>,
  filter: object = { status: "todo" },
): Attack => ({
  says,
  tryOn: async (server) => {
    const here = await team(server);
    const projectId = await projectIn(here);
    await taskIn(here, projectId);
    await taskIn(here, projectId);
    const { data } = await here.admin.call("tasks.list", { limit: 1, ...filter }, here.id);
    return elsewhere(here, String(data.nextCursor), server);
  },
});
const list = async ({ admin, id }: Team, input: object, name = "tasks.list") =>
  worked(await admin.call(name, input, id));

const otherWorkspace = withCursor("a cursor works in another workspace", async (_, cursor, server) =>
  list(await team(server), { status: "todo", cursor }),
);
const otherList = withCursor(
  "a cursor works in another operation's list",
  (here, cursor) => list(here, { cursor }, "projects.list"),
  {},
);
const otherFilter = withCursor("a cursor works under another filter", (here, cursor) =>
  list(here, { cursor, status: "done" }),
);
const changedCursor = withCursor("a cursor works whose id was changed", (here, cursor) => {
  const bytes = Buffer.from(cursor, "base64url");
  bytes.writeUInt8(bytes.readUInt8(15) ^ 1, 15);
  return list(here, { cursor: bytes.toString("base64url"), status: "todo" });
});
const respelledCursor = withCursor("a cursor works in another spelling", (here, cursor) =>
  list(here, { cursor: `${cursor}=`, status: "todo" }),
);

const usesUp: Attack = {
  says: "one workspace uses up what another may send to an address",
  tryOn: async (server) => {
    const { here, there } = await twoTeams(server);
    const email = `${randomUUID()}@example.com`;
    for (let sent = 0; sent < 5; sent += 1) await here.admin.call("invites.create", { email }, here.id);
    return !worked(await there.admin.call("invites.create", { email }, there.id));
  },
};

const listsForeign: Attack = {
  says: "a list shows the tasks of another workspace",
  tryOn: async (server) => {
    const { here, there } = await twoTeams(server);
    await taskIn(there);
    const { data } = await here.admin.call("tasks.list", {}, here.id);
    return data.items.length > 0;
  },
};

const cursors = "apps/api/src/rpc/cursors.ts";
export const tasksFile = "packages/db/src/tenant/tasks.ts";
const message = "JSON.stringify([owner, operation, filtersOf(input), id])";

const tenantFilter = guard("every statement names its workspace", "packages/db/src/tenant/filter.ts", [
  'if (scope.kind === "system") return args ?? {};',
  "return args ?? {};",
]);
const taskPolicy = {
  says: "the database shows a workspace its own tasks",
  sql: "ALTER POLICY tenant ON tasks USING (true) WITH CHECK (true)",
};
const plainKey = {
  says: "a task's project is of its workspace, by the key",
  sql: `ALTER TABLE tasks DROP CONSTRAINT tasks_workspace_id_project_id_fkey;
        ALTER TABLE projects ADD UNIQUE (id);
        ALTER TABLE tasks ADD CONSTRAINT tasks_workspace_id_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects (id)`,
};
const foundHere = guard("the statement that finds a task names the workspace", tasksFile, [
  "text: `SELECT ${COLUMNS} FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = $1`",
  "text: `SELECT ${COLUMNS} FROM tasks WHERE id = $1`",
]);
const listedHere = guard("the statement that lists tasks names the workspace", tasksFile, [
  'WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}${conditions.join("")}',
  'WHERE true${conditions.join("")}',
]);
export const isolation: readonly Mutant[] = [
  { without: [tenantFilter], works: [], refused: [readsForeign, changesForeign] },
  { without: [taskPolicy], works: [], refused: [readsForeign, changesForeign] },
  {
    without: [tenantFilter, taskPolicy],
    works: [changesForeign],
    refused: [readsForeign, listsForeign, pointsAbroad],
  },
  { without: [foundHere], works: [], refused: [readsForeign] },
  { without: [listedHere], works: [], refused: [listsForeign] },
  { without: [foundHere, taskPolicy], works: [readsForeign], refused: [changesForeign, listsForeign] },
  { without: [listedHere, taskPolicy], works: [listsForeign], refused: [readsForeign] },
  { without: [plainKey], works: [pointsAbroad], refused: [readsForeign] },
  {
    without: [
      guard("a cursor's code is compared", cursors, [
        'keys.verify("cursor", messageOf(id, input), bytes.subarray(ID_BYTES))',
        "bytes.length > ID_BYTES",
      ]),
    ],
    works: [otherWorkspace, otherList, otherFilter, changedCursor],
    refused: [respelledCursor],
  },
  {
    without: [
      guard("a cursor is its one spelling", cursors, ['bytes.toString("base64url") === input.cursor &&', ""]),
    ],
    works: [respelledCursor],
    refused: [changedCursor],
  },
  {
    without: [
      guard("a cursor is bound to its workspace", cursors, [message, message.replace("owner, ", "")]),
    ],
    works: [otherWorkspace],
    refused: [otherFilter],
  },
  {
    without: [
      guard("a cursor is bound to its operation", cursors, [message, message.replace("operation, ", "")]),
    ],
    works: [otherList],
    refused: [otherWorkspace, otherFilter],
  },
  {
    without: [
      guard("a cursor is bound to its filter", cursors, [message, message.replace("filtersOf(input), ", "")]),
    ],
    works: [otherFilter],
    refused: [otherWorkspace],
  },
  {
    without: [
      guard("each workspace's tries are counted apart", "apps/api/src/limits/limiter/limiter.ts", [
        '`${attempt.workspaceId ?? "-"}:${key}`',
        "`${key}`",
      ]),
    ],
    works: [usesUp],
  },
];
