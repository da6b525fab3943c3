// The client's time limits behind PgBouncer in transaction mode, which does not expose its connections to PostgreSQL.
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createDb, openPool, type Db } from "../../src/index.ts";
import {
  createTestDatabase,
  hasPgBouncer,
  layFaultyNetwork,
  noPgBouncer,
  startPgBouncer,
  type FaultyNetwork,
  type PgBouncer,
  type TestDatabase,
} from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";

describe.skipIf(!hasPgBouncer)(`behind PgBouncer${hasPgBouncer ? "" : ` (${noPgBouncer})`}`, () => {
  let database: TestDatabase;
  let home: PlantedWorkspace;
  let bouncer: PgBouncer;
  let network: FaultyNetwork;
  let pool: pg.Pool;
  let db: Db;
  const outages: boolean[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    home = await plantWorkspace(database);
    bouncer = await startPgBouncer({ size: 2 });
    network = await layFaultyNetwork(bouncer);
    const { server } = inject("cluster");
    pool = openPool({
      target: { host: network.host, port: network.port, ...server, database: database.name },
      max: 6,
      pooled: true,
      onOutage: (isUnreachable) => void outages.push(isUnreachable),
    });
    db = createDb({ pool, pooled: true });
  });
  afterAll(async () => {
    network.become("passes");
    await db.close();
    await network.close();
    await bouncer.close();
    await database.drop();
  });

  const read = () => db.read(home.grant("task:read"), ({ task }) => task.count());
  const calls = () => Promise.allSettled(Array.from({ length: 8 }, read));

  it("statements that wait in PgBouncer's queue do not count as lost", async () => {
    const slow = Array.from({ length: 4 }, () => pool.query("SELECT pg_sleep(1.5)"));
    expect(await Promise.all(slow)).toHaveLength(4);
    expect(outages).toEqual([]);
  });

  it("F10 reads and writes succeed within 2 s after an outage of 5 s in which the network drops every byte", async () => {
    await calls();
    network.become("swallows");
    const asked = calls();
    await delay(5_000);
    expect(outages).toEqual([true]);
    network.become("passes");
    const startedAt = performance.now();
    await expect
      .poll(async () => (await calls()).every(({ status }) => status === "fulfilled"), {
        timeout: 10_000,
        interval: 20,
      })
      .toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await asked;
  });
});
