// Mutants of the isolation checks between workspaces: ids, cursors and limits. The tenant filter, the policies and the foreign
// keys of the schema are removed one at a time and together.
import { randomUUID } from "node:crypto";
import type { TestServer } from "../../../kit/index.ts";
import { team, succeeded, type Team } from "../../attackers.ts";
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
  title: "a caller reads a task of another workspace by its id",
  tryOn: async (server) => {
    const { here, there } = await twoTeams(server);
    return succeeded(await here.admin.call("tasks.get", { id: await taskIn(there) }, here.id));
  },
};

const changesForeign: Attack = {
  title: "a caller changes a task of another workspace by its id",
  tryOn: async (server) => {
    const { here, there } = await twoTeams(server);
    return succeeded(
      await here.admin.call("tasks.update", { id: await taskIn(there), title: "Mine" }, here.id),
    );
  },
};

const foreignProject: Attack = {
  title: "a caller creates a task in a project of another workspace",
  tryOn: async (server) => {
    const { here, there } = await twoTeams(server);
    const input = { projectId: await projectIn(there), title: "Mine", status: "todo" };
    return succeeded(await here.admin.call("tasks.create", input, here.id));
  },
};

/** Uses the cursor of the first page of a list in another place. */
const withCursor = (
  title: string,
  use: (here: Team, cursor: string, server: TestServer) => Promise<boolean>,
  filter: object = { status: "todo" },
): Attack => ({
  title,
  tryOn: async (server) => {
    const here = await team(server);
    const projectId = await projectIn(here);
    await taskIn(here, projectId);
    await taskIn(here, projectId);
    const { data } = await here.admin.call("tasks.list", { limit: 1, ...filter }, here.id);
    return use(here, String(data.nextCursor), server);
  },
});
const list = async ({ admin, id }: Team, input: object, name = "tasks.list") =>
  succeeded(await admin.call(name, input, id));

const otherWorkspace = withCursor("a cursor is accepted in another workspace", async (_, cursor, server) =>
  list(await team(server), { status: "todo", cursor }),
);
const otherList = withCursor(
  "a cursor is accepted by another operation",
  (here, cursor) => list(here, { cursor }, "projects.list"),
  {},
);
const otherFilter = withCursor("a cursor is accepted with another filter", (here, cursor) =>
  list(here, { cursor, status: "done" }),
);
const otherOrder = withCursor("a cursor is accepted with another order", (here, cursor) =>
  list(here, { cursor, status: "todo", order: "oldest" }),
);
const changedCursor = withCursor("a cursor with a changed id is accepted", (here, cursor) => {
  const bytes = Buffer.from(cursor, "base64url");
  bytes.writeUInt8(bytes.readUInt8(15) ^ 1, 15);
  return list(here, { cursor: bytes.toString("base64url"), status: "todo" });
});
const nonCanonicalCursor = withCursor("a cursor in a non-canonical encoding is accepted", (here, cursor) =>
  list(here, { cursor: `${cursor}=`, status: "todo" }),
);

const consumesLimit: Attack = {
  title: "one workspace consumes the invite limit of another",
  tryOn: async (server) => {
    const { here, there } = await twoTeams(server);
    const email = `${randomUUID()}@example.com`;
    for (let sent = 0; sent < 5; sent += 1) await here.admin.call("invites.create", { email }, here.id);
    return !succeeded(await there.admin.call("invites.create", { email }, there.id));
  },
};

const listsForeign: Attack = {
  title: "a list contains the tasks of another workspace",
  tryOn: async (server) => {
    const { here, there } = await twoTeams(server);
    await taskIn(there);
    const { data } = await here.admin.call("tasks.list", {}, here.id);
    return data.items.length > 0;
  },
};

const cursorsFile = "apps/api/src/rpc/cursors.ts";
export const tasksFile = "packages/db/src/tenant/tasks.ts";
const MESSAGE = "JSON.stringify([owner, operation, filtersOf(input), textOf(place)])";

const tenantFilter = guard(
  "every Prisma query is filtered by its workspace",
  "packages/db/src/tenant/filter.ts",
  ['if (scope.kind === "system") return args ?? {};', "return args ?? {};"],
);
const taskPolicy = {
  title: "the policy of tasks shows only the workspace's own rows",
  sql: "ALTER POLICY tenant ON tasks USING (true) WITH CHECK (true)",
};
const projectKey = {
  title: "the foreign key of a task to its project includes the workspace",
  sql: `ALTER TABLE tasks DROP CONSTRAINT tasks_workspace_id_project_id_fkey;
        ALTER TABLE projects ADD UNIQUE (id);
        ALTER TABLE tasks ADD CONSTRAINT tasks_workspace_id_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects (id)`,
};
const filterOfFind = guard("the SQL that finds a task is filtered by the workspace", tasksFile, [
  "text: `SELECT ${COLUMNS} FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = $1`",
  "text: `SELECT ${COLUMNS} FROM tasks WHERE id = $1`",
]);
const filterOfList = guard("the SQL that lists tasks is filtered by the workspace", tasksFile, [
  "    `workspace_id = ${CURRENT_WORKSPACE_SQL}`,",
  '    "true",',
]);
export const isolation: readonly Mutant[] = [
  { removed: [tenantFilter], succeeds: [], stillBlocked: [readsForeign, changesForeign] },
  { removed: [taskPolicy], succeeds: [], stillBlocked: [readsForeign, changesForeign] },
  {
    removed: [tenantFilter, taskPolicy],
    succeeds: [changesForeign],
    stillBlocked: [readsForeign, listsForeign, foreignProject],
  },
  { removed: [filterOfFind], succeeds: [], stillBlocked: [readsForeign] },
  { removed: [filterOfList], succeeds: [], stillBlocked: [listsForeign] },
  {
    removed: [filterOfFind, taskPolicy],
    succeeds: [readsForeign],
    stillBlocked: [changesForeign, listsForeign],
  },
  { removed: [filterOfList, taskPolicy], succeeds: [listsForeign], stillBlocked: [readsForeign] },
  { removed: [projectKey], succeeds: [foreignProject], stillBlocked: [readsForeign] },
  {
    removed: [
      guard("the code of a cursor is compared", cursorsFile, [
        'keys.verify("cursor", messageOf(place, input), code)',
        "code.length > 0",
      ]),
    ],
    succeeds: [otherWorkspace, otherList, otherFilter, otherOrder, changedCursor],
    stillBlocked: [nonCanonicalCursor],
  },
  {
    removed: [
      guard("a cursor in a non-canonical encoding is rejected", cursorsFile, [
        'bytes.toString("base64url") === input.cursor &&',
        "",
      ]),
    ],
    succeeds: [nonCanonicalCursor],
    stillBlocked: [changedCursor],
  },
  {
    removed: [
      guard("a cursor is bound to its workspace", cursorsFile, [MESSAGE, MESSAGE.replace("owner, ", "")]),
    ],
    succeeds: [otherWorkspace],
    stillBlocked: [otherFilter],
  },
  {
    removed: [
      guard("a cursor is bound to its operation", cursorsFile, [MESSAGE, MESSAGE.replace("operation, ", "")]),
    ],
    succeeds: [otherList],
    stillBlocked: [otherWorkspace, otherFilter],
  },
  {
    removed: [
      guard("a cursor is bound to its filter", cursorsFile, [
        MESSAGE,
        MESSAGE.replace("filtersOf(input), ", ""),
      ]),
    ],
    succeeds: [otherFilter, otherOrder],
    stillBlocked: [otherWorkspace],
  },
  {
    removed: [
      guard("a cursor is bound to its order", cursorsFile, [
        "order: order === DEFAULT_ORDER ? undefined : order",
        "order: undefined",
      ]),
    ],
    succeeds: [otherOrder],
    stillBlocked: [otherFilter],
  },
  {
    removed: [
      guard(
        "the attempts of each workspace are counted separately",
        "apps/api/src/limits/limiter/limiter.ts",
        ['`${attempt.workspaceId ?? "-"}:${key}`', "`${key}`"],
      ),
    ],
    succeeds: [consumesLimit],
  },
];
