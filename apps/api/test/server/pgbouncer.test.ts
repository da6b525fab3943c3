// The whole server behind PgBouncer in transaction mode, with three connections to PostgreSQL.
import { randomUUID } from "node:crypto";
import {
  createTestDatabase,
  hasPgBouncer,
  noPgBouncer,
  startPgBouncer,
  type PgBouncer,
  type TestDatabase,
} from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProblem } from "../../src/start-problem.ts";
import {
  arrive,
  foundWorkspace,
  mailFor,
  signIn,
  signUp,
  startServerOver,
  type Person,
  type TestServer,
} from "../kit/index.ts";

import { exposed, newKey, refusalOf, startOver } from "../servers/production-server.ts";

describe.skipIf(!hasPgBouncer)(`A server behind PgBouncer${hasPgBouncer ? "" : ` (${noPgBouncer})`}`, () => {
  let database: TestDatabase;
  let bouncer: PgBouncer;
  let server: TestServer;
  beforeAll(async () => {
    database = await createTestDatabase();
    bouncer = await startPgBouncer({ size: 3 });
    const DATABASE_URL = bouncer.urlOf(database.name);
    server = await startServerOver(database, { DATABASE_URL, PROJO_DATABASE_POOLER: "transaction" });
  });
  afterAll(async () => {
    await server.close();
    await bouncer.close();
    await database.drop();
  });

  it("serves a sign-up, its mail, a workspace, tasks and the verification of the audit log", async () => {
    const ada = await signUp(server, "ada");
    expect((await mailFor(server, ada.email)).headers.get("to")).toBe(ada.email);
    const again = await signIn(server, ada.email);
    const workspaceId = await foundWorkspace(again);
    const project = await again.call("projects.create", { name: "Notes" }, workspaceId);
    const projectId = String(project.data.id);
    const task = await again.call("tasks.create", { projectId, title: "Note G" }, workspaceId);
    const { status } = await again.call("tasks.delete", { id: task.data.id }, workspaceId);
    expect(status).toBe(200);
    const log = await again.call("audit.verify", {}, workspaceId);
    expect(log).toMatchObject({ status: 200, data: { intact: true, done: true } });
    expect((await again.call("auth.signOut")).status).toBe(200);
    expect((await again.call("auth.me")).error).toMatchObject({ httpStatus: 401 });
  });

  it("A6 compares its keys with those of another server", async () => {
    const pooled = { DATABASE_URL: bouncer.urlOf(database.name), PROJO_DATABASE_POOLER: "transaction" };
    const withKey = () => ({ ...exposed, ...pooled, PROJO_TOKEN_KEYS: `1:${newKey()}` });
    const other = await startOver(database, withKey());
    try {
      expect(await refusalOf(database, withKey())).toMatch(
        /^PROJO_TOKEN_KEYS has another key with the kid 1 /,
      );
    } finally {
      await other.close();
    }
    expect(await database.owner("SELECT id FROM servers")).toEqual([]);
  });

  it("I13 keeps 64 concurrent callers of 16 workspaces separate", async () => {
    const tenants = await Promise.all(Array.from({ length: 16 }, (_, nth) => newTenant(`person-${nth}`)));
    const wrong: unknown[] = [];
    for (let round = 0; round < 4; round += 1) {
      await Promise.all(
        Array.from({ length: 64 }, async (_, nth) => {
          const { person, workspaceId, projectId } = tenants[(nth + round) % 16] ?? tenants[0] ?? fail();
          const made = await person.call("tasks.create", { projectId, title: workspaceId }, workspaceId);
          const { data } = await person.call("tasks.list", { limit: 100 }, workspaceId);
          const items = data.items as { title: string; projectId: string }[];
          if (made.status !== 200) wrong.push(made);
          if (!items.every((one) => one.title === workspaceId && one.projectId === projectId))
            wrong.push(items);
        }),
      );
    }
    expect(wrong).toEqual([]);
    const counts = await database.owner(
      "SELECT count(*)::int AS tasks FROM tasks WHERE title = workspace_id::text GROUP BY workspace_id",
    );
    expect(counts).toEqual(tenants.map(() => ({ tasks: 16 })));
    const connections = await database.owner(
      "SELECT FROM pg_stat_activity WHERE datname = $1 AND application_name = 'projostack'",
      [database.name],
    );
    expect(connections.length).toBeLessThanOrEqual(3);
  });

  it("I1 returns 404 for a task of another workspace, as for a missing one", async () => {
    const [mine, theirs] = await Promise.all([newTenant("mine"), newTenant("theirs")]);
    const task = { projectId: theirs.projectId, title: "Theirs" };
    const { data } = await theirs.person.call("tasks.create", task, theirs.workspaceId);
    expect((await theirs.person.call("tasks.get", { id: data.id }, theirs.workspaceId)).status).toBe(200);
    for (const id of [data.id, randomUUID()]) {
      const { error } = await mine.person.call("tasks.get", { id }, mine.workspaceId);
      expect(error).toMatchObject({ httpStatus: 404, reason: "task.not_found" });
    }
  });

  it("refuses to start without PROJO_DATABASE_POOLER and names the setting", async () => {
    const starting = startServerOver(database, { DATABASE_URL: bouncer.urlOf(database.name) });
    expect(await starting.then(() => "started", startProblem)).toBe(
      "DATABASE_URL: a pooler answers there. Set PROJO_DATABASE_POOLER=transaction (docs/configuration.md).",
    );
  });

  async function newTenant(
    name: string,
  ): Promise<{ person: Person; workspaceId: string; projectId: string }> {
    const person = await arrive(server, name);
    const workspaceId = await foundWorkspace(person);
    const { data } = await person.call("projects.create", { name }, workspaceId);
    return { person, workspaceId, projectId: String(data.id) };
  }
});

const fail = (): never => {
  throw new Error("The list of tenants is empty.");
};
