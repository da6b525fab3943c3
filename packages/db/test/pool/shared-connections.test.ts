// Shared connections: each quick read gets its own result, whatever happens to the others on the same connection.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { openSharedConnections, type SharedConnections } from "../../src/connection/shared-connections.ts";
import { runInOneTrip } from "../../src/scope/run-statement.ts";
import {
  createDb,
  DatabaseBusy,
  DatabaseDown,
  openPool,
  taskQuery,
  type ServerPool,
} from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";

let database: TestDatabase;
let places: PlantedWorkspace[];
beforeAll(async () => {
  database = await createTestDatabase();
  places = await Promise.all(Array.from({ length: 12 }, () => plantWorkspace(database)));
});
afterAll(() => database.drop());

let pool: ServerPool;
let shared: pg.Pool;
let connects: number;
let connections: SharedConnections;
beforeEach(() => {
  pool = openPool({ target: target(), max: 4 });
  shared = sharedOf(pool);
  connects = 0;
  connections = openSharedConnections(() => {
    connects += 1;
    return shared.connect();
  }, 1);
});
afterEach(async () => {
  await Promise.all([pool.end(), shared.end()]);
});

const target = () => {
  const { owner, server } = inject("cluster");
  return { host: owner.host, port: owner.port, ...server, database: database.name };
};

function sharedOf(opened: ServerPool): pg.Pool {
  if (!opened.shared) throw new Error("The pool has no shared connections.");
  return opened.shared;
}

const step = (name: string, text: string, values: readonly unknown[] = []) => ({ name, text, values });
const PID = step("shared_pid", "SELECT pg_backend_pid() AS pid");
const SLEEP = step("shared_sleep", "SELECT pg_sleep(0.4)::text");
const FAIL = step("shared_fail", "SELECT 1 / $1::int AS quotient", [0]);
const run = async (...steps: ReturnType<typeof step>[]) => {
  const answers = await connections.run(steps);
  return answers?.at(-1)?.rows[0] ?? null;
};
const whole = () => [shared.idleCount === shared.totalCount, shared.waitingCount];
/** A statement that waits for the lock that `holdLock` takes. */
const WAIT = step("shared_wait", "SELECT pg_advisory_xact_lock(12)::text");
async function holdLock(): Promise<() => Promise<void>> {
  const holder = await pool.connect();
  await holder.query("SELECT pg_advisory_lock(12)");
  return async () => {
    await holder.query("SELECT pg_advisory_unlock(12)");
    holder.release();
  };
}

describe("a shared connection", () => {
  it("serves many reads at once, and is released with the last of them", async () => {
    const found = await Promise.all(Array.from({ length: 50 }, () => run(PID)));
    expect(new Set(found.map((row) => JSON.stringify(row))).size).toBe(1);
    expect(connects).toBe(1);
    expect([shared.totalCount, pool.totalCount, ...whole()]).toEqual([1, 0, true, 0]);
    await run(PID);
    expect(connects).toBe(2);
  });

  it("rolls back only the read that fails", async () => {
    const setting = step("shared_set", "SELECT set_config('app.workspace_id', $1, true)", [randomUUID()]);
    const left = step(
      "shared_left",
      "SELECT coalesce(current_setting('app.workspace_id', true), '') AS left",
    );
    const outcomes = await Promise.allSettled([
      run(setting, FAIL),
      run(left),
      run(step("shared_fail", FAIL.text, [2]), left),
      run(FAIL, PID),
      run(left),
    ]);
    const undone = { status: "rejected", reason: expect.objectContaining({ code: "22012" }) };
    const clean = { status: "fulfilled", value: { left: "" } };
    expect(outcomes).toEqual([undone, clean, clean, undone, clean]);
    expect(connects).toBe(1);
    expect(whole()).toEqual([true, 0]);
  });

  it("F9 with a slow read delays the reads behind it and sends none twice", async () => {
    const [slow, ...behind] = await Promise.all([
      connections.run([SLEEP]),
      ...Array.from({ length: 20 }, () => connections.run([PID])),
    ]);
    expect(slow).not.toBeNull();
    expect(behind.every((answers) => answers !== null)).toBe(true);
    expect(connects).toBe(1);
    expect(whole()).toEqual([true, 0]);
  });

  it("F2 with a read that waits for a lock returns null only for that read, and serves the others", async () => {
    const release = await holdLock();
    const outcomes = await Promise.all([
      connections.run([WAIT]),
      ...Array.from({ length: 20 }, () => connections.run([PID])),
      connections.run([WAIT]),
    ]);
    expect([outcomes.at(0), outcomes.at(-1)]).toEqual([null, null]);
    expect(outcomes.slice(1, -1).every((answers) => answers !== null)).toBe(true);
    // For a second the statement is not sent on a shared connection again, so that no read waits behind it.
    expect(await Promise.all([connections.run([WAIT]), connections.run([WAIT])])).toEqual([null, null]);
    expect(connects).toBeLessThanOrEqual(2);
    await release();
    await expect.poll(() => connections.run([WAIT]), { timeout: 5_000 }).not.toBeNull();
    await expect.poll(whole).toEqual([true, 0]);
  });

  it("F2 without an answer for two seconds is closed, and its reads fail with DatabaseBusy", async () => {
    const proxy = await startProxy(target());
    const through = openPool({ target: { ...target(), host: "127.0.0.1", port: proxy.port }, max: 4 });
    const throughProxy = openSharedConnections(() => sharedOf(through).connect(), 1);
    expect(await throughProxy.run([PID])).not.toBeNull();
    proxy.dropsBytes = true;
    const startedAt = performance.now();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => throughProxy.run([PID])));
    expect(outcomes).toEqual(
      Array.from(outcomes, () => ({ status: "rejected", reason: expect.any(DatabaseBusy) as unknown })),
    );
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    proxy.dropsBytes = false;
    await expect.poll(() => throughProxy.run([PID]).catch(() => null), { timeout: 5_000 }).not.toBeNull();
    await Promise.all([through.end(), sharedOf(through).end()]);
    proxy.close();
  });

  it("fails its reads when it is killed, and the next read gets another connection", async () => {
    const { pid } = (await run(PID)) as { pid: number };
    const nap = step("shared_nap", "SELECT pg_sleep(0.03)::text");
    const under = Promise.allSettled([...Array.from({ length: 20 }, () => run(nap)), run(PID)]);
    await delay(20);
    await database.owner("SELECT pg_terminate_backend($1)", [pid]);
    expect((await under).slice(-15).every(({ status }) => status === "rejected")).toBe(true);
    expect(await run(PID)).not.toEqual({ pid });
    await expect.poll(whole).toEqual([true, 0]);
  });

  it("prepares a statement with the next message when the first message failed before preparing it", async () => {
    const sharing = { place: { owner: "somebody" }, shared: connections };
    const source = { connect: () => pool.connect() };
    const late = step("shared_late", "SELECT 'late' AS word");
    const [failed, relied] = await Promise.allSettled([
      runInOneTrip(source, [FAIL, late], sharing),
      runInOneTrip(source, [late], sharing),
    ]);
    expect(failed).toMatchObject({ status: "rejected", reason: { code: "22012" } });
    expect(relied).toMatchObject({ status: "fulfilled", value: [{ rows: [{ word: "late" }] }] });
  });

  it("rejects an invalid parameter and stays usable", async () => {
    await expect(run(step("shared_fail", FAIL.text, [{}]))).rejects.toBeInstanceOf(TypeError);
    expect(await run(PID)).toHaveProperty("pid");
    expect(whole()).toEqual([true, 0]);
  });

  it("F12 serves reads when all connections of the pool are in use", async () => {
    const held = await Promise.all(Array.from({ length: 2 }, () => pool.connect()));
    expect(await run(PID)).toHaveProperty("pid");
    for (const client of held) client.release();
  });
});

describe("the connections of a server", () => {
  it.each([
    [1, 0],
    [3, 0],
    [4, 2],
    [16, 2],
    [32, 4],
    [500, 62],
  ])("number %i in total, and quick reads share %i of them", async (max, shares) => {
    const { options, shared: some } = openPool({ target: target(), max });
    expect([options.max + (some?.options.max ?? 0), some?.options.max ?? 0]).toEqual([max, shares]);
  });

  it("include no shared ones behind a pooler, which shares connections itself", () => {
    const undivided = openPool({ target: target(), max: 16, pooled: true });
    expect([undivided.options.max, undivided.shared]).toEqual([16, undefined]);
  });
});

async function holdTable(table: string): Promise<{ release(): Promise<void> }> {
  const { owner } = inject("cluster");
  const client = new pg.Client({ ...owner, database: database.name });
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return { release: () => client.end() };
}

interface LossyProxy {
  readonly port: number;
  /** While it is true, the proxy drops every byte in both directions. */
  dropsBytes: boolean;
  close(): void;
}

/** A proxy before PostgreSQL that simulates a network outage. */
async function startProxy({ host, port }: { host: string; port: number }): Promise<LossyProxy> {
  const upstream = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const server = createServer((client) => {
    const postgres = connect(upstream);
    for (const [from, to] of [
      [client, postgres],
      [postgres, client],
    ] as const) {
      from.on("data", (bytes) => proxy.dropsBytes || to.write(bytes));
      from.on("close", () => to.destroy());
      from.on("error", () => to.destroy());
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy: LossyProxy = {
    port: (server.address() as AddressInfo).port,
    dropsBytes: false,
    close: () => void server.close(),
  };
  return proxy;
}

describe("the client's quick reads", () => {
  it("I9 I13 of many workspaces on one connection each return their own rows, among reads that fail", async () => {
    const db = createDb({ pool });
    const sessions = await Promise.all(
      places.map(async ({ id, userId }) => {
        const sessionId = randomUUID();
        await database.owner(
          `INSERT INTO sessions (id, user_id, salt, current_workspace_id, expires_at, absolute_expires_at)
           VALUES ($1, $2, sha256('salt'), $3, now() + interval '1 day', now() + interval '1 day')`,
          [sessionId, userId, id],
        );
        return sessionId;
      }),
    );
    const roles = ["viewer", "member", "admin"] as const;
    const wrong: unknown[] = [];
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(
        places.flatMap((place, nth) => {
          const next = places[(nth + 1) % places.length] ?? place;
          const ask = (taskId: string) =>
            db.sessions.find(sessions[nth] ?? "", place.id, {
              query: taskQuery(taskId),
              roles,
              tokenEndsAtSeconds: 4_000_000_000,
            });
          return [
            ask(place.taskId).then((found) => {
              const [task] = found?.prefetched?.rows ?? [];
              if (found?.membership?.workspaceId !== place.id) wrong.push(found);
              if ((task as { id?: string })?.id !== place.taskId) wrong.push(task);
            }),
            // A task of another workspace is not found, like an unknown one.
            ask(next.taskId).then((found) => found?.prefetched?.rows.length === 0 || wrong.push(found)),
            db.read(place.grant("task:read"), async ({ sql: { tasks } }) => {
              const listed = await tasks.list({ limit: 10 });
              if (listed.length !== 1 || listed[0]?.id !== place.taskId) wrong.push(listed);
            }),
            db.serviceKeys.find(place.keyId).then((key) => key?.workspaceId === place.id || wrong.push(key)),
            db.sessions.find("no uuid", null).then(
              () => wrong.push("found"),
              () => {},
            ),
          ];
        }),
      );
    }
    expect(wrong).toEqual([]);
    expect(whole()).toEqual([true, 0]);
  });

  it("F2 wait for a locked table alone, while sessions and other tables are read", async () => {
    const db = createDb({ pool });
    const [place] = places;
    if (!place) throw new Error("There is no workspace.");
    const holder = await holdTable("tasks");
    const find = () => db.read(place.grant("task:read"), ({ sql: { tasks } }) => tasks.find(place.taskId));
    const waiting = find();
    expect(await db.serviceKeys.find(place.keyId)).toMatchObject({ workspaceId: place.id });
    expect(await db.sessions.find(randomUUID(), null)).toBeNull();
    await holder.release();
    expect(await waiting).toMatchObject({ id: place.taskId });
    expect(await find()).toMatchObject({ id: place.taskId });
  });

  it("work on a pool of one connection too", async () => {
    const db = createDb({ pool: openPool({ target: target(), max: 1 }) });
    const [place] = places;
    if (!place) throw new Error("There is no workspace.");
    const found = await Promise.all([
      ...Array.from({ length: 20 }, () => db.serviceKeys.find(place.keyId)),
      db.read(place.grant("task:read"), ({ task }) => task.findMany()),
      db.serviceKeys.find(place.keyId),
    ]);
    expect(found.every((one) => one !== null)).toBe(true);
    await db.close();
  });

  it("F2 fail with DatabaseDown when the database is unreachable", async () => {
    const gone = createDb({
      pool: openPool({ target: { host: "127.0.0.1", port: 1, user: "nobody", database: "none" } }),
    });
    await expect(gone.serviceKeys.find(randomUUID())).rejects.toBeInstanceOf(DatabaseDown);
    await gone.close();
  });
});
