/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
/* oxlint-disable vitest/no-conditional-expect -- Workspace has another key than the other models */
// The invariants I2 and I12 with row-level security disabled: the query filter alone must isolate workspaces.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tenantModels } from "../../src/tenant/models.ts";
import { type TenantRead, type TenantWrite } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { asTenantOf } from "../kit/raw.ts";
import { tenantTables, type TenantTable } from "../kit/tenant-tables.ts";

describe("the query filter without row-level security", () => {
  let bare: TestDatabase;
  let mine: PlantedWorkspace;
  let other: PlantedWorkspace;
  let tables: TenantTable[];
  beforeAll(async () => {
    bare = await createTestDatabase();
    mine = await plantWorkspace(bare);
    other = await plantWorkspace(bare);
    tables = await tenantTables(bare);
    for (const { table } of tables) {
      await bare.owner(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
    }
    // The role may even change entries of audit logs here, so that only the filter protects them.
    await bare.owner("GRANT INSERT, UPDATE, DELETE ON audit_logs, imported_records TO projo_tenant");
    await bare.owner("ALTER TABLE audit_logs DISABLE TRIGGER USER");
  });
  afterAll(() => bare.drop());

  /** Calls a method of a model by name, because the types of the models differ. */
  type Methods = Record<string, (args: object) => Promise<unknown>>;
  const of = (all: TenantRead | TenantWrite, model: string): Methods =>
    (all as unknown as Record<string, Methods>)[model[0]?.toLowerCase() + model.slice(1)] ?? {};
  const call = (all: TenantRead | TenantWrite, model: string, method: string, args: object) =>
    of(all, model)[method]?.(args) ?? Promise.reject(new Error(`${model} has no ${method}`));

  const theirOwn = async (model: string, workspace: PlantedWorkspace): Promise<{ id: string }> =>
    bare.db.read(workspace.grant("audit:read"), async (all) => {
      const row = await call(all, model, "findFirst", {});
      return row as { id: string };
    });
  const uniqueKey = (model: string, workspaceId: string, id: string) =>
    model === "Workspace" ? { id } : { workspaceId_id: { workspaceId, id } };
  const rowsOf = async (workspace: PlantedWorkspace) =>
    Promise.all(
      tables.map(({ table, key }) =>
        bare.owner(`SELECT to_jsonb(t) FROM ${table} AS t WHERE ${key} = $1 ORDER BY 1`, [workspace.id]),
      ),
    );

  it("lets raw SQL read the other workspace's rows here, which proves that row-level security is disabled", async () => {
    const client = await bare.pool.connect();
    await client.query(`BEGIN; ${asTenantOf(mine.id)}`);
    expect((await client.query("SELECT FROM tasks WHERE workspace_id = $1", [other.id])).rowCount).toBe(1);
    await client.query("ROLLBACK");
    client.release();
  });

  it("I2 returns each model's rows of the own workspace and none of another", async () => {
    for (const model of tenantModels) {
      const key = model === "Workspace" ? "id" : "workspaceId";
      const foreign = await theirOwn(model, other);
      const own = await theirOwn(model, mine);
      const args = (id: string, workspaceId: string) => ({ where: uniqueKey(model, workspaceId, id) });
      await bare.db.read(mine.grant("audit:read"), async (all) => {
        expect(await call(all, model, "findMany", {}), model).toEqual([
          expect.objectContaining({ [key]: mine.id }),
        ]);
        expect(
          await call(all, model, "findMany", { where: { OR: [{ id: foreign.id }, { id: own.id }] } }),
        ).toEqual([expect.objectContaining({ id: own.id })]);
        expect(await call(all, model, "findFirst", { where: { id: own.id } })).toMatchObject({ id: own.id });
        expect(await call(all, model, "findUnique", args(own.id, mine.id))).toMatchObject({ id: own.id });
        expect(await call(all, model, "count", {})).toBe(1);
        expect(await call(all, model, "aggregate", { _count: true })).toEqual({ _count: 1 });
        expect(await call(all, model, "groupBy", { by: ["id"] })).toEqual([{ id: own.id }]);
        expect(await call(all, model, "count", { where: { NOT: { id: own.id } } })).toBe(0);
        if (model !== "Workspace") {
          expect(await call(all, model, "count", { where: { id: { in: [foreign.id] } } })).toBe(0);
          expect(await call(all, model, "findFirst", { where: { id: foreign.id } })).toBeNull();
          expect(await call(all, model, "findUnique", args(foreign.id, other.id))).toBeNull();
        }
      });
      await expect(
        bare.db.read(mine.grant("audit:read"), (all) =>
          call(all, model, "findMany", { where: { [key]: other.id } }),
        ),
      ).rejects.toThrow("another workspace");
    }
  });

  it("I2 changes no row of another workspace and inserts none into it", async () => {
    const before = await rowsOf(other);
    const attempts = [...tenantModels].flatMap((model) => {
      const name = model === "Workspace" ? "id" : "workspaceId";
      return [
        "update",
        "delete",
        "upsert",
        "updateMany",
        "deleteMany",
        "updateManyAndReturn",
        "create",
        "createMany",
        "createManyAndReturn",
      ].map((method) => ({ model, method, name }));
    });
    for (const { model, method, name } of attempts) {
      const { id: foreignId, ...foreign } = await theirOwn(model, other);
      const where = method.includes("Many") ? { id: foreignId } : uniqueKey(model, other.id, foreignId);
      const row = { ...foreign, id: randomUUID(), [name]: other.id };
      const data = method.startsWith("create")
        ? method === "create"
          ? row
          : [row]
        : { createdAt: new Date(0) };
      const args =
        method === "upsert"
          ? { where, create: row, update: { createdAt: new Date(0) } }
          : {
              ...(method.startsWith("create") ? {} : { where }),
              ...(method.startsWith("delete") ? {} : { data }),
            };
      const outcome = await bare.db
        .write(mine.grant("workspace:delete"), (all) => call(all, model, method, args))
        .then(
          (result) => JSON.stringify(result),
          (error: unknown) => String(error),
        );
      expect(outcome, `${model}.${method}`).toMatch(/^\[\]$|"count":0|another workspace|No record|not found/);
    }
    expect(await rowsOf(other)).toEqual(before);
  });

  it("I2 allows the same changes on rows of the own workspace", async () => {
    await bare.db.write(mine.grant("project:write"), async ({ project }) => {
      const where = { workspaceId_id: { workspaceId: mine.id, id: mine.projectId } };
      await project.update({ where, data: { name: "Renamed" } });
      const [copy] = await project.createManyAndReturn({
        data: [{ id: randomUUID(), workspaceId: mine.id, name: "Second", createdBy: mine.userId }],
      });
      expect(await project.updateMany({ where: { id: copy?.id ?? "" }, data: { name: "Third" } })).toEqual({
        count: 1,
      });
      expect(await project.deleteMany({ where: { id: copy?.id ?? "" } })).toEqual({ count: 1 });
    });
    expect(await bare.owner("SELECT name FROM projects WHERE workspace_id = $1", [mine.id])).toEqual([
      { name: "Renamed" },
    ]);
  });

  it("I2 rejects nested writes, which could connect, create or move rows of another workspace", async () => {
    const before = [await rowsOf(mine), await rowsOf(other)];
    const project = { workspaceId_id: { workspaceId: mine.id, id: mine.projectId } };
    const theirTask = { workspaceId_id: { workspaceId: other.id, id: other.taskId } };
    const theirProject = { workspaceId_id: { workspaceId: other.id, id: other.projectId } };
    const there = { connect: { id: other.id } };
    const creator = { connect: { id: mine.userId } };
    const changes: ((all: TenantWrite) => Promise<unknown>)[] = [
      (all) => all.project.update({ where: project, data: { tasks: { connect: theirTask } } }),
      (all) => all.project.update({ where: project, data: { tasks: { deleteMany: {} } } }),
      (all) => all.project.update({ where: project, data: { workspace: there } }),
      (all) => all.project.create({ data: { id: randomUUID(), name: "Over", workspace: there, creator } }),
      (all) =>
        all.workspace.update({ where: { id: mine.id }, data: { projects: { connect: theirProject } } }),
      (all) =>
        all.project.upsert({
          where: { workspaceId_id: { workspaceId: mine.id, id: randomUUID() } },
          create: { id: randomUUID(), name: "Over", workspace: there, creator },
          update: {},
        }),
      (all) =>
        all.project.upsert({
          where: project,
          create: { id: randomUUID(), name: "Over", workspace: there, creator },
          update: { workspace: there },
        }),
    ];
    for (const change of changes) {
      await expect(bare.db.write(mine.grant("workspace:delete"), change), String(change)).rejects.toThrow(
        "is not a column",
      );
    }
    expect([await rowsOf(mine), await rowsOf(other)]).toEqual(before);
  });

  it("I12 rejects a change of a row's workspace", async () => {
    const where = { workspaceId_id: { workspaceId: mine.id, id: mine.taskId } };
    const move = { workspaceId: other.id };
    const changes: ((all: TenantWrite) => Promise<unknown>)[] = [
      (all) => all.task.update({ where, data: move }),
      (all) => all.task.updateMany({ data: move }),
      (all) => all.task.updateManyAndReturn({ data: move }),
      (all) => all.workspace.update({ where: { id: mine.id }, data: { id: other.id } }),
    ];
    for (const change of changes) {
      await expect(bare.db.write(mine.grant("task:write"), change)).rejects.toThrow("cannot be changed");
    }
    expect(await bare.owner("SELECT workspace_id FROM tasks WHERE id = $1", [mine.taskId])).toEqual([
      { workspace_id: mine.id },
    ]);
  });
});
