// A real standby answers reads, and no state of it makes a read fail or return an older state than the primary has.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  openPool,
  readPositionQuery,
  readPostgresAddress,
  type Db,
  type TenantRead,
} from "../../src/index.ts";
import { REPLICA_STATE_SQL, stateValues } from "../../src/scope/replica-state-sql.ts";
import type { ReadPosition } from "../../src/scope/scope.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { hasPostgres15 } from "../kit/postgres-15.ts";
import { asTenantOf, attempt, raw } from "../kit/raw.ts";
import {
  openReplicatedDb,
  startReplicatedPostgres,
  type ReplicatedDb,
  type ReplicatedPostgres,
} from "../kit/replicated-postgres.ts";
import { isFullSuite } from "../kit/suite-length.ts";
import { tenantTables } from "../kit/tenant-tables.ts";
import { createTestDatabase } from "../kit/test-database.ts";

const isNeeded = process.env["CI"] === "true";

describe.skipIf(!hasPostgres15 && !isNeeded)("a read replica", () => {
  let postgres: ReplicatedPostgres;
  let home: PlantedWorkspace;
  let foreign: PlantedWorkspace;
  let replicated: ReplicatedDb | undefined;

  beforeAll(async () => {
    postgres = await startReplicatedPostgres();
    home = await plantWorkspace(postgres.database);
    foreign = await plantWorkspace(postgres.database);
  });
  afterEach(async () => {
    await replicated?.close();
    replicated = undefined;
  });
  afterAll(() => postgres.stop());

  const open = async (maxLagMs: number, replicaUrl = postgres.standby.url): Promise<ReplicatedDb> => {
    replicated = openReplicatedDb(postgres.database, replicaUrl, { maxLagMs });
    await usable(replicated);
    return replicated;
  };
  const list = async (db: Db, place = home): Promise<string[]> => {
    const tasks = await db.read(
      place.grant("task:read"),
      ({ sql }) => sql.tasks.list({ order: "newest", after: undefined, limit: 100 }),
      { mayReadReplica: true },
    );
    return tasks.map(({ id }) => id);
  };
  const create = async (db: Db, place = home): Promise<string> => {
    const task = { projectId: place.projectId, title: "Read me", status: "todo", createdBy: place.userId };
    const id = randomUUID();
    await db.write(place.grant("task:write"), ({ sql }) => sql.tasks.insert({ id, ...task }));
    return id;
  };
  const pause = () => postgres.standby.admin("SELECT pg_wal_replay_pause()");
  const resume = () => postgres.standby.admin("SELECT pg_wal_replay_resume()");

  it("answers a list that contains each change that was committed before the list began", async () => {
    const { db, outcomes } = await open(2_000);
    for (let nth = 0; nth < 10; nth += 1) {
      const id = await create(db);
      expect(await list(db)).toContain(id);
    }
    expect(outcomes).toContain("answered");
  });

  it.runIf(isFullSuite)(
    "answers with each change also where commits are acknowledged before they are flushed",
    async () => {
      await postgres.database.owner("ALTER ROLE projo_server SET synchronous_commit = off");
      try {
        const { db, outcomes } = await open(2_000);
        for (let nth = 0; nth < 3; nth += 1) {
          const id = await create(db);
          expect(await list(db)).toContain(id);
        }
        expect(outcomes).toContain("answered");
      } finally {
        await postgres.database.owner("ALTER ROLE projo_server RESET synchronous_commit");
      }
    },
  );

  it("answers no read that does not permit it, and no query of a model", async () => {
    const { db, outcomes } = await open(2_000);
    await db.read(home.grant("task:read"), ({ sql }) => sql.tasks.find(home.taskId));
    await db.read(home.grant("task:read"), ({ task }) => task.count(), { mayReadReplica: true });
    expect(outcomes).toEqual([]);
  });

  it("returns only rows of the workspace, also to concurrent reads of several workspaces", async () => {
    const { db, outcomes } = await open(2_000);
    const places = Array.from({ length: 60 }, (_, nth) => (nth % 2 === 0 ? home : foreign));
    const own = new Map([
      [home, await list(db, home)],
      [foreign, await list(db, foreign)],
    ]);
    expect(own.get(home)).toContain(home.taskId);
    expect(own.get(foreign)).toEqual([foreign.taskId]);
    const lists = await Promise.all(places.map((place) => list(db, place)));
    expect(lists).toEqual(places.map((place) => own.get(place)));
    expect(outcomes).toContain("answered");
  });

  it("I2 the standby alone yields no row of another workspace, and accepts no write", async () => {
    const pool = new pg.Pool({ ...readPostgresAddress(postgres.standby.url).target, max: 1 });
    try {
      await caughtUp();
      const tables = await tenantTables(postgres.database);
      await raw({ pool }, asTenantOf(home.id), async (client) => {
        for (const { table, key } of tables) {
          const { rows } = await client.query<{ id: string }>(`SELECT DISTINCT ${key} AS id FROM ${table}`);
          expect(rows, table).toEqual([{ id: home.id }]);
        }
        expect(await attempt(client, "DELETE FROM tasks")).toMatch(/read-only transaction/);
      });
      await raw({ pool }, "SET LOCAL ROLE projo_tenant", async (client) => {
        for (const { table } of tables)
          expect((await client.query(`SELECT FROM ${table}`)).rowCount, table).toBe(0);
      });
    } finally {
      await pool.end();
    }
  });

  it("the replica is in another state for each part of a position that it has not reached, and enters no workspace then", async () => {
    const pool = openPool({ target: readPostgresAddress(postgres.standby.url).target, max: 1 });
    const stateAt = async (position: ReadPosition, on: pg.Pool = pool) =>
      (await on.query<{ state: string }>(`SELECT ${REPLICA_STATE_SQL} AS state`, [...stateValues(position)]))
        .rows[0]?.state;
    try {
      const here = await caughtUp();
      expect(await stateAt(here)).toBe("current");
      expect(await stateAt({ ...here, lsn: "FFFF/0" })).toBe("behind");
      expect(await stateAt({ ...here, timeline: here.timeline + 1 })).toBe("other_timeline");
      expect(await stateAt({ ...here, system: `${here.system}1` })).toBe("another_database");
      expect(await stateAt({ ...here, database: "1" })).toBe("another_database");
      expect(await stateAt(here, postgres.database.pool)).toBe("not_standby");
    } finally {
      await pool.end();
    }
  });

  it("the replica is not used when the address leads to the primary, to another cluster or database, or has an unsafe login", async () => {
    const { database, standby } = postgres;
    const other = await createTestDatabase();
    try {
      const cases = [
        [database, database.url, "not_standby"],
        [other, standby.url, "another_database"],
        [database, asOwner(standby.url, database.ownerUrl), "unsafe_login"],
        [database, standby.url.replace(/:\d+\//, ":1/"), "unreachable"],
      ] as const;
      for (const [primary, url, problem] of cases) {
        replicated = openReplicatedDb(primary, url);
        const { changes } = replicated;
        const problems = () => changes.map((change) => change.problem);
        await expect.poll(problems, PATIENT).toContain(problem);
        expect(problems()).not.toContain(null);
        await replicated.close();
      }
      replicated = undefined;
    } finally {
      await other.drop();
    }
  });

  it("the replica gets time to catch up", async () => {
    const { db, outcomes } = await open(2_000);
    await pause();
    const id = await create(db);
    const listed = list(db);
    await resume();
    expect(await listed).toContain(id);
    expect(outcomes.every((outcome) => outcome === "answered" || outcome === "behind")).toBe(true);
  });

  it("the replica is not used while it is further behind than the limit, and used again after that", async () => {
    const { db, outcomes, changes } = await open(30);
    await pause();
    try {
      const id = await create(db);
      for (let nth = 0; nth < 5; nth += 1) expect(await list(db)).toContain(id);
      expect(outcomes.filter((outcome) => outcome === "answered")).toEqual([]);
      await expect.poll(() => db.replicaState()?.problem, PATIENT).toBe("behind");
    } finally {
      await resume();
    }
    await usable({ db });
    expect(changes.map(({ problem }) => problem)).toContain("behind");
    expect(changes.at(-1)?.problem).toBe(null);
  });

  it("answers no later statement of a read after the primary has answered one", async () => {
    const { db, outcomes } = await open(30);
    const page = { order: "newest", after: undefined, limit: 100 } as const;
    const readTwice = async () => {
      await usable({ db });
      outcomes.length = 0;
      await pause();
      await create(db);
      const twice = async ({ sql }: TenantRead) => {
        await sql.tasks.list(page);
        await resume();
        await usable({ db });
        await sql.tasks.list(page);
      };
      try {
        await db.read(home.grant("task:read"), twice, { mayReadReplica: true });
      } finally {
        await resume();
      }
      return outcomes;
    };
    // On a busy machine a check can make the replica unusable before the first statement.
    await expect.poll(readTwice, PATIENT).toEqual(["behind"]);
  });

  it.runIf(isFullSuite)(
    "cancels statements that conflict with the replay of a change, and the primary answers them",
    async () => {
      await postgres.standby.admin("ALTER SYSTEM SET max_standby_streaming_delay = 0");
      await postgres.standby.admin("SELECT pg_reload_conf()");
      const { db, outcomes } = await open(2_000);
      const { database } = postgres;
      await expect
        .poll(async () => {
          const released = new AbortController();
          // The replay of each lock conflicts with the statements that run at that moment.
          const locking = database
            .owner(
              "DO $$ BEGIN FOR n IN 1..30 LOOP LOCK TABLE tasks; COMMIT; PERFORM pg_sleep(0.02); COMMIT; END LOOP; END $$",
            )
            .finally(() => released.abort());
          while (!released.signal.aborted) {
            const lists = await Promise.all(Array.from({ length: 8 }, () => list(db)));
            expect(lists.filter((ids) => !ids.includes(home.taskId))).toEqual([]);
          }
          await locking;
          return outcomes;
        }, PATIENT)
        .toContain("canceled");
    },
  );

  it.runIf(isFullSuite)(
    "may end connections and statements at any time without a failed or older answer",
    async () => {
      const { db, outcomes } = await open(2_000);
      for (const how of ["pg_cancel_backend", "pg_terminate_backend", "pg_terminate_backend"] as const) {
        const id = await create(db);
        const lists = Promise.all(Array.from({ length: 10 }, () => list(db)));
        await postgres.standby.admin(
          `SELECT ${how}(pid) FROM pg_stat_activity WHERE usename = 'projo_server'`,
        );
        for (const ids of await lists) expect(ids).toContain(id);
        await usable({ db });
      }
      expect(outcomes).toContain("answered");
    },
  );

  it.runIf(isFullSuite)(
    "F2 that stops to answer delays a list by its time limit at most, and later lists not at all",
    async () => {
      const { db, changes } = await open(2_000);
      postgres.standby.signalAll("SIGSTOP");
      try {
        const id = await create(db);
        const lists = await Promise.all(Array.from({ length: 5 }, () => list(db)));
        for (const ids of lists) expect(ids).toContain(id);
        expect(db.usesReplica).toBe(false);
        expect(changes.at(-1)?.problem).toMatch(/^(silent|unreachable)$/);
      } finally {
        postgres.standby.signalAll("SIGCONT");
      }
      await usable({ db });
    },
  );

  it.runIf(isFullSuite)("is not used after its promotion, and answers nothing that only it has", async () => {
    const promoted = await postgres.startStandby();
    try {
      const { db, changes } = await open(2_000, promoted.url);
      await promoted.admin("SELECT pg_promote()");
      await promoted.admin(`DELETE FROM tasks WHERE workspace_id = '${home.id}'`);
      const id = await create(db);
      expect(await list(db)).toEqual(expect.arrayContaining([id, home.taskId]));
      expect(db.usesReplica).toBe(false);
      expect(changes.at(-1)?.problem).toBe("not_standby");
    } finally {
      await replicated?.close();
      replicated = undefined;
      await promoted.stop();
    }
  });

  it("may be killed: the primary answers", async () => {
    const { db, changes } = await open(2_000);
    const lists = Promise.all(Array.from({ length: 10 }, () => list(db)));
    postgres.standby.signalAll("SIGKILL");
    for (const ids of await lists) expect(ids).toContain(home.taskId);
    expect(await list(db)).toContain(home.taskId);
    await expect.poll(() => changes.at(-1)?.problem, PATIENT).toBe("unreachable");
  });

  /** Waits until the standby has replayed everything. @returns the position of the primary */
  async function caughtUp(): Promise<ReadPosition> {
    const { rows } = await postgres.database.pool.query<ReadPosition & pg.QueryResultRow>(
      readPositionQuery.text,
    );
    const [position] = rows;
    if (!position) throw new Error("The primary did not return its position.");
    const reached = async () => {
      const [row] = await postgres.standby.admin<{ isReached: boolean }>(
        `SELECT pg_last_wal_replay_lsn() >= '${position.lsn}' AS "isReached"`,
      );
      return row?.isReached;
    };
    await expect.poll(reached, PATIENT).toBe(true);
    return position;
  }
});

const PATIENT = { timeout: 40_000, interval: 50 };

async function usable({ db }: Pick<ReplicatedDb, "db">): Promise<void> {
  await expect.poll(() => db.usesReplica, PATIENT).toBe(true);
}

/** The address with the login of the owner. */
function asOwner(url: string, ownerUrl: string): string {
  const [address, { username, password }] = [new URL(url), new URL(ownerUrl)];
  return Object.assign(address, { username, password }).href;
}
