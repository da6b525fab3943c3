// A read can hold a connection of the pool while it runs more statements. Reads that hold all connections must not wait for each other.
import type pg from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { createDb, openPool, type Db } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
let pool: pg.Pool;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  const { owner, server } = inject("cluster");
  const target = { host: owner.host, port: owner.port, ...server, database: database.name };
  pool = openPool({ target, max: 4 });
  db = createDb({ pool });
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

it("F12 more reads of a workspace than connections, each with a query of Prisma's in a transaction and a heavy statement, all succeed", async () => {
  for (let round = 0; round < 5; round += 1) {
    const reads = Array.from({ length: 12 }, () =>
      db.read(home.grant("workspace:read"), async (tables) => {
        // Prisma's findUnique runs in a transaction that holds the connection.
        await tables.workspace.findUniqueOrThrow({ where: { id: home.id } });
        return tables.sql.workspaces.count(10);
      }),
    );
    const counts = await Promise.all(reads);
    expect(new Set(counts.map(({ members }) => members))).toEqual(new Set([1]));
  }
});
