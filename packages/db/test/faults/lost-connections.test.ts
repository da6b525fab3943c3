// Lost connections: the pool finds and closes connections whose answers the network dropped, and no others.
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createDb, DatabaseDown, openPool, type Db } from "../../src/index.ts";
import {
  bySuite,
  createTestDatabase,
  layFaultyNetwork,
  whileLocked,
  type FaultyNetwork,
  type TestDatabase,
} from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
});
afterAll(() => database.drop());

let network: FaultyNetwork;
let pool: pg.Pool;
let db: Db;
let outages: boolean[];
beforeEach(async () => {
  const { owner, server } = inject("cluster");
  network = await layFaultyNetwork(owner);
  outages = [];
  pool = openPool({
    target: { host: network.host, port: network.port, ...server, database: database.name },
    max: 4,
    onOutage: (isUnreachable) => void outages.push(isUnreachable),
  });
  db = createDb({ pool });
});
afterEach(async () => {
  network.become("passes");
  await db.close();
  await network.close();
});

const read = () => db.read(home.grant("task:read"), ({ task }) => task.count());
const write = (title: string) =>
  db.write(home.grant("task:write"), ({ task }) => task.updateMany({ data: { title } }));
const settled = (work: Promise<unknown>): Promise<unknown> => work.then(String, (error: unknown) => error);
const calls = () =>
  Promise.all(Array.from({ length: 12 }, (_, nth) => settled(nth % 3 === 0 ? write("W") : read())));
async function msOf(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work.catch(() => {});
  return performance.now() - startedAt;
}
/** Measures the time until a read and a write succeed. */
async function msUntilHealthy(): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const outcomes = await Promise.allSettled([read(), write("Healthy")]);
    const ms = performance.now() - startedAt;
    if (outcomes.every(({ status }) => status === "fulfilled") || ms > 20_000) return ms;
    await delay(20);
  }
}

describe("after an outage in which the network drops every byte and keeps the connections open", () => {
  it.each(bySuite({ short: [1_500], full: [1_500, 5_000] }))(
    "F10 of %i ms, reads and writes succeed within 2 s",
    { timeout: 40_000 },
    async (ms) => {
      await calls();
      network.become("swallows");
      const asked = calls();
      await delay(ms);
      network.become("passes");
      expect(await msUntilHealthy()).toBeLessThan(2_000);
      const outcomes = await asked;
      expect(outcomes.filter((one) => typeof one !== "string" && !(one instanceof Error))).toEqual([]);
      await expect.poll(() => [pool.idleCount === pool.totalCount, pool.waitingCount]).toEqual([true, 0]);
    },
  );

  it("F10 only the connection whose answer was lost is closed", async () => {
    await calls();
    network.become("swallows");
    const lost = settled(read());
    await delay(100);
    network.become("passes");
    const others = Promise.all([read(), write("Others")]);
    expect(await msOf(others)).toBeLessThan(900);
    const ms = await msOf(lost);
    expect(await lost).toMatchObject({ name: "DatabaseDown", condition: { name: "connection_lost" } });
    expect(ms).toBeLessThan(4_000);
    expect(outages).toEqual([]);
  });

  it("F11 of several seconds, calls are refused at once and few connections are opened meanwhile", async () => {
    await calls();
    network.become("swallows");
    const first = calls();
    await expect.poll(() => outages, { timeout: 8_000 }).toEqual([true]);
    const before = network.opened();
    expect(await msOf(read())).toBeLessThan(500);
    expect(await msOf(write("Refused"))).toBeLessThan(500);
    const outcomes = await first;
    expect(outcomes.filter((one) => one instanceof Error).length).toBeGreaterThan(0);
    await delay(1_000);
    expect(network.opened() - before).toBeLessThan(5);
    network.become("passes");
    await expect.poll(() => outages, { timeout: 8_000 }).toEqual([true, false]);
    expect(await msUntilHealthy()).toBeLessThan(2_000);
  });
});

describe("a silent connection that is not lost", () => {
  it("remains open while it waits for a lock: the write succeeds when the lock is released", async () => {
    const lock = { lock: "SELECT FROM tasks WHERE workspace_id = $1 FOR UPDATE", values: [home.id] };
    const written = await whileLocked(database, lock, async (held) => {
      const waiting = write("Waited");
      await held.untilWaiting(1);
      // Longer than the silence after which a connection is suspected, and shorter than the lock timeout.
      await delay(1_500);
      await held.release();
      return waiting;
    });
    expect(written).toEqual({ count: 1 });
    expect(outages).toEqual([]);
  });

  it("remains open while it runs a slow statement", async () => {
    const client = await pool.connect();
    const { rows } = await client.query<{ done: string }>("SELECT 'done' AS done, pg_sleep(3)");
    client.release();
    expect(rows[0]?.done).toBe("done");
  });
});

describe("a connection in use without a network", () => {
  it("F10 closes at once when its transaction is abandoned, without waiting for PostgreSQL", async () => {
    const impatient = createDb({ pool, transactionMs: 400 });
    await read();
    const work = settled(
      impatient.write(home.grant("task:write"), async ({ task }) => {
        await task.count();
        network.become("swallows");
        return task.count();
      }),
    );
    expect(await msOf(work)).toBeLessThan(900);
    expect(await work).toBeInstanceOf(Error);
    await expect.poll(() => pool.totalCount, { timeout: 500 }).toBe(0);
  });

  it("F3 cannot prevent the pool from closing", async () => {
    await read();
    network.become("swallows");
    const work = settled(read());
    await delay(50);
    expect(await msOf(db.close())).toBeLessThan(2_000);
    expect(await work).toBeInstanceOf(DatabaseDown);
    // The test closes the pool itself afterwards.
    db = createDb({
      pool: openPool({ target: { host: network.host, port: network.port, user: "x", database: "x" } }),
    });
  });

  it("F11 lets the readiness check fail after about a second, on one connection", async () => {
    await read();
    network.become("swallows");
    const pings = Promise.all(Array.from({ length: 10 }, () => msOf(db.ping())));
    await delay(200);
    expect(pool.totalCount).toBe(1);
    for (const ms of await pings) expect(ms).toBeLessThan(1_800);
  });
});
