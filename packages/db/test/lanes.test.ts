// Connections that quick reads share: each reads what is its own, whatever becomes of the others on the same connection.
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { openLanes, type Lanes } from "../src/client/lanes.ts";
import { runTogether } from "../src/client/run-statement.ts";
import { createDb, DatabaseDown, openPool, taskQuestion } from "../src/index.ts";
import { createTestDatabase, type TestDatabase } from "./kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "./kit/plant-workspace.ts";

let database: TestDatabase;
let places: PlantedWorkspace[];
beforeAll(async () => {
  database = await createTestDatabase();
  places = await Promise.all(Array.from({ length: 12 }, () => plantWorkspace(database)));
});
afterAll(() => database.drop());

let pool: pg.Pool;
let borrowed: number;
let lanes: Lanes;
beforeEach(() => {
  const { owner, server } = inject("cluster");
  pool = openPool({
    target: { host: owner.host, port: owner.port, ...server, database: database.name },
    max: 4,
  });
  borrowed = 0;
  lanes = openLanes(() => {
    borrowed += 1;
    return pool.connect();
  }, 1);
});
afterEach(() => pool.end());

const step = (name: string, text: string, values: readonly unknown[] = []) => ({ name, text, values });
const PID = step("lane_pid", "SELECT pg_backend_pid() AS pid");
const SLEEP = step("lane_sleep", "SELECT pg_sleep(0.4)::text");
const FAIL = step("lane_fail", "SELECT 1 / $1::int AS quotient", [0]);
const run = async (...steps: ReturnType<typeof step>[]) => {
  const answers = await lanes.run(steps);
  return answers?.at(-1)?.rows[0] ?? null;
};
const whole = () => [pool.idleCount === pool.totalCount, pool.waitingCount];

describe("a lane", () => {
  it("serves many at once on one connection, and gives it back with the last of them", async () => {
    const found = await Promise.all(Array.from({ length: 50 }, () => run(PID)));
    expect(new Set(found.map((row) => JSON.stringify(row))).size).toBe(1);
    expect(borrowed).toBe(1);
    expect([pool.totalCount, ...whole()]).toEqual([1, true, 0]);
    await run(PID);
    expect(borrowed).toBe(2);
  });

  it("undoes the one that fails, and no other", async () => {
    const setting = step("lane_set", "SELECT set_config('app.workspace_id', $1, true)", [randomUUID()]);
    const left = step("lane_left", "SELECT coalesce(current_setting('app.workspace_id', true), '') AS left");
    const outcomes = await Promise.allSettled([
      run(setting, FAIL),
      run(left),
      run(step("lane_fail", FAIL.text, [2]), left),
      run(FAIL, PID),
      run(left),
    ]);
    const undone = { status: "rejected", reason: expect.objectContaining({ code: "22012" }) };
    const clean = { status: "fulfilled", value: { left: "" } };
    expect(outcomes).toEqual([undone, clean, clean, undone, clean]);
    expect(borrowed).toBe(1);
    expect(whole()).toEqual([true, 0]);
  });

  it("that is stuck is waited for by nobody, and joined by nobody", async () => {
    const outcomes = Promise.all([lanes.run([SLEEP]), lanes.run([PID])]);
    // Each is told so long before the slow one has ended, and sends what it sent alone.
    expect(await outcomes).toEqual([null, null]);
    expect([pool.totalCount - pool.idleCount, borrowed]).toEqual([1, 1]);
    expect(await run(PID)).toHaveProperty("pid");
    expect(borrowed).toBe(2);
    await expect.poll(whole).toEqual([true, 0]);
  });

  it("whose connection is killed fails whoever is on it, and the next one has another", async () => {
    const { pid } = (await run(PID)) as { pid: number };
    const nap = step("lane_nap", "SELECT pg_sleep(0.03)::text");
    const under = Promise.allSettled([...Array.from({ length: 20 }, () => run(nap)), run(PID)]);
    await delay(20);
    await database.owner("SELECT pg_terminate_backend($1)", [pid]);
    expect((await under).slice(-15).every(({ status }) => status === "rejected")).toBe(true);
    expect(await run(PID)).not.toEqual({ pid });
    await expect.poll(whole).toEqual([true, 0]);
  });

  it("that was to prepare a statement, and failed before, has it prepared by who comes next", async () => {
    const source = { connect: () => pool.connect() };
    const late = step("lane_late", "SELECT 'late' AS word");
    const [failed, relied] = await Promise.allSettled([
      runTogether(source, [FAIL, late], lanes),
      runTogether(source, [late], lanes),
    ]);
    expect(failed).toMatchObject({ status: "rejected", reason: { code: "22012" } });
    expect(relied).toMatchObject({ status: "fulfilled", value: [{ rows: [{ word: "late" }] }] });
  });

  it("is refused what is no parameter, and goes on", async () => {
    await expect(run(step("lane_fail", FAIL.text, [{}]))).rejects.toBeInstanceOf(TypeError);
    expect(await run(PID)).toHaveProperty("pid");
    expect(whole()).toEqual([true, 0]);
  });

  it("without a connection to be had keeps nobody waiting for it, and takes one for the next", async () => {
    const held = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
    const answers = await Promise.all([lanes.run([PID]), lanes.run([PID])]);
    for (const client of held) client.release();
    expect(answers).toEqual([null, null]);
    expect(await run(PID)).toHaveProperty("pid");
  });
});

describe("the client's quick reads", () => {
  it("I9 I13 of many workspaces on one connection each see their own, between others that fail", async () => {
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
              question: taskQuestion(taskId),
              roles,
              tokenEndsAtSeconds: 4_000_000_000,
            });
          return [
            ask(place.taskId).then((found) => {
              const [task] = found?.answered?.rows ?? [];
              if (found?.membership?.workspaceId !== place.id) wrong.push(found);
              if ((task as { id?: string })?.id !== place.taskId) wrong.push(task);
            }),
            // Another workspace's task is as missing as none.
            ask(next.taskId).then((found) => found?.answered?.rows.length === 0 || wrong.push(found)),
            db.read(place.grant("task:read"), async ({ tasks }) => {
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

  it("are answered on a pool of one connection too", async () => {
    const { owner, server } = inject("cluster");
    const target = { host: owner.host, port: owner.port, ...server, database: database.name };
    const db = createDb({ pool: openPool({ target, max: 1 }) });
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

  it("F2 of a database that is not there are told so", async () => {
    const gone = createDb({
      pool: openPool({ target: { host: "127.0.0.1", port: 1, user: "nobody", database: "none" } }),
    });
    await expect(gone.serviceKeys.find(randomUUID())).rejects.toBeInstanceOf(DatabaseDown);
    await gone.close();
  });
});
