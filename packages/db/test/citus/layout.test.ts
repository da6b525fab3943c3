/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// The client of the Citus layout, on an ordinary PostgreSQL: what it sends is valid there too, and every promise of the ordinary
// client holds.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { bindWorkspace, withWorkspace } from "../../src/scope/bind-workspace.ts";
import {
  brokenConstraint,
  createDb,
  failureOf,
  KeyTaken,
  MembershipChanged,
  openPool,
  type Db,
} from "../../src/index.ts";
import { singleMessageSetup, transactionSetup } from "../../src/scope/enter-sql.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";

let database: TestDatabase;
let db: Db;
let home: PlantedWorkspace;
let foreign: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  const { owner, server } = inject("cluster");
  const target = {
    host: owner.host,
    port: owner.port,
    ...server,
    database: database.name,
    applicationName: "layout",
  };
  // One connection: a transaction that stays open would break every later test.
  db = createDb({ pool: openPool({ target, max: 1 }), layout: "citus" });
  home = await plantWorkspace(database);
  foreign = await plantWorkspace(database);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const newTask = (projectId = home.projectId) => ({
  id: randomUUID(),
  projectId,
  title: "Distributed",
  status: "todo",
  createdBy: home.userId,
});

it("enters a workspace by BEGIN and SET LOCAL, which Citus repeats on the workers", () => {
  const scope = { kind: "read", workspaceId: home.id } as const;
  expect(transactionSetup(scope, { distributed: true }).map(({ text }) => text)).toEqual([
    "BEGIN READ ONLY",
    `SET LOCAL app.workspace_id = '${home.id}'`,
    expect.stringContaining("set_config('role', 'projo_tenant', true)"),
  ]);
});

it("refuses a workspace that is no UUID, because SET LOCAL takes no parameter", () => {
  const scope = { kind: "read", workspaceId: `${home.id}'; RESET ROLE; --` } as const;
  expect(() => transactionSetup(scope, { distributed: true })).toThrow(TypeError);
});

it("sends the same statements as before in the layout of one PostgreSQL, and outside a workspace", () => {
  const scope = { kind: "read", workspaceId: home.id } as const;
  const texts = (all: readonly { text: string }[]) => all.map(({ text }) => text).join("; ");
  expect(texts(singleMessageSetup(scope, {}))).not.toMatch(/SET LOCAL|BEGIN/);
  const system = { kind: "system", userId: home.userId } as const;
  expect(singleMessageSetup(system, { distributed: true })).toEqual(singleMessageSetup(system, {}));
});

it("names the workspace of a statement by a parameter, from which Citus finds the worker", () => {
  const here = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid";
  const statement = { name: "one", text: `SELECT FROM tasks WHERE ${here} AND id = $1`, values: ["x"] };
  expect(bindWorkspace(statement, home.id)).toEqual({
    name: "one",
    text: "SELECT FROM tasks WHERE workspace_id = $2::uuid AND id = $1",
    values: ["x", home.id],
  });
  expect(withWorkspace(`DELETE FROM tasks WHERE ${here}`, home.id)).toBe(
    `DELETE FROM tasks WHERE workspace_id = '${home.id}'::uuid`,
  );
});

it("reads and changes the rows of its workspace and no others", async () => {
  const read = (id: string) => db.read(home.grant("task:read"), ({ sql }) => sql.tasks.find(id));
  expect(await read(home.taskId)).toMatchObject({ id: home.taskId });
  expect(await read(foreign.taskId)).toBeNull();
  const inserted = await db.write(home.grant("task:write"), ({ sql }) => sql.tasks.insert(newTask()), {
    singleStatement: true,
  });
  const models = await db.read(home.grant("task:read"), (all) => all.task.findMany({}));
  expect(models.map(({ id }) => id).toSorted()).toEqual([home.taskId, inserted.id].toSorted());
  const removed = await db.write(home.grant("task:write"), ({ sql }) => sql.tasks.remove(foreign.taskId));
  expect(removed).toBeNull();
  expect(await database.owner("SELECT FROM tasks WHERE id = $1", [foreign.taskId])).toHaveLength(1);
});

it("keeps the connection after a refused statement, and leaves no transaction open on it", async () => {
  const connections = () =>
    database.owner<{ pid: number; state: string }>(
      `SELECT pid, state FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'projostack/layout'`,
    );
  const count = () => db.read(home.grant("task:read"), ({ sql }) => sql.tasks.count(10));
  const before = await count();
  const [connection] = await connections();
  const refused = db.write(
    home.grant("task:write"),
    ({ sql }) => sql.tasks.insert(newTask(foreign.projectId)),
    { singleStatement: true },
  );
  await expect(refused).rejects.toThrow("tasks_workspace_id_project_id_fkey");
  const stranger = { ...home.grant("task:write"), userId: foreign.userId };
  const denied = db.write(stranger, ({ sql }) => sql.tasks.insert(newTask()), { singleStatement: true });
  await expect(denied).rejects.toThrow(MembershipChanged);
  expect(await count()).toBe(before);
  expect(await connections()).toEqual([{ pid: connection?.pid, state: "idle" }]);
});

it("commits the row of an idempotency key with the change, once", async () => {
  const claim = { of: "workspace", id: randomUUID(), fingerprint: Buffer.alloc(16) } as const;
  const create = () =>
    db.write(home.grant("task:write"), ({ sql }) => sql.tasks.insert(newTask()), {
      singleStatement: true,
      keyed: { claim, seal: ({ id }) => Buffer.from(id) },
    });
  const { id } = await create();
  await expect(create()).rejects.toThrow(KeyTaken);
  expect(await db.keys.find(claim, home.id)).toMatchObject({ answer: Buffer.from(id) });
  const [kept] = await database.owner<{ many: number }>(
    "SELECT count(*)::integer AS many FROM idempotency_keys WHERE id = $1",
    [claim.id],
  );
  expect(kept).toEqual({ many: 1 });
});

it("finds the constraint in the message of a worker, without the number of its shard", () => {
  const violation = (code: string, message: string) => Object.assign(new Error(message), { code });
  const missing =
    'insert or update on table "tasks_102052" violates foreign key constraint "tasks_workspace_id_project_id_fkey_102052"';
  expect(brokenConstraint(violation("23503", missing))).toBe("tasks_workspace_id_project_id_fkey");
  const ofPrisma = {
    cause: { originalCode: "23503", originalMessage: missing, kind: "ForeignKeyConstraintViolation" },
  };
  expect(brokenConstraint(Object.assign(new Error("P2003"), ofPrisma))).toBe(
    "tasks_workspace_id_project_id_fkey",
  );
  const taken = 'duplicate key value violates unique constraint "idempotency_keys_pkey_102010"';
  expect(failureOf(violation("23505", taken))).toBeInstanceOf(KeyTaken);
  expect(brokenConstraint(violation("42P01", 'relation "tasks_102052" does not exist'))).toBeNull();
});
