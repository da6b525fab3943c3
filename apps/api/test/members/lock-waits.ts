// Deterministic races: the test holds a lock until the expected number of statements waits for it.
import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { withOwner } from "@projostack/db";
import type { TestServer } from "../kit/index.ts";

type Owner = Parameters<Parameters<typeof withOwner>[1]>[0];

/** A statement that locks rows. It runs with the login of the database's owner. */
export interface Lock {
  readonly lock: string;
  readonly values?: unknown[];
}

export interface RaceAtLock extends Lock {
  /** The number of waiting statements at which the lock is released. */
  readonly until: number;
}

/** Takes a lock, begins work that waits for it, and releases the lock when `until` statements wait. */
export async function raceAtLock<T>(
  server: TestServer,
  { until, ...lock }: RaceAtLock,
  begin: () => Promise<T>,
): Promise<T> {
  const begun = await withLock(server, lock, async () => {
    const work = begin();
    await Promise.race([untilWaiting(server, until), work]);
    return { work };
  });
  return begun.work;
}

/** Takes a lock and releases it when `meanwhile` has finished. */
export async function withLock<T>(
  { database }: TestServer,
  { lock, values }: Lock,
  meanwhile: () => Promise<T>,
): Promise<T> {
  return withOwner({ connectionString: database.ownerUrl }, async (owner) => {
    await owner.query("BEGIN");
    await owner.query(lock, values);
    const result = await meanwhile();
    await owner.query("COMMIT");
    return result;
  });
}

/** Resolves when at least `count` statements of the database wait for a lock. @throws Error after 10 seconds */
export async function untilWaiting({ database }: Pick<TestServer, "database">, count: number): Promise<void> {
  for (const end = Date.now() + 10_000; ;) {
    const [row] = await database.owner<{ waiting: number }>(
      `SELECT count(*)::integer AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if ((row?.waiting ?? 0) >= count) return;
    if (Date.now() > end) throw new Error(`Only ${row?.waiting} of ${count} statements wait for a lock.`);
    await delay(5);
  }
}

/** Opens `count` connections with the login of the database's owner, for concurrent SQL. */
export async function withOwners<T>(
  server: TestServer,
  count: number,
  work: (owners: readonly Owner[]) => Promise<T>,
): Promise<T> {
  if (count === 0) return work([]);
  return withOwner({ connectionString: server.database.ownerUrl }, (owner) =>
    withOwners(server, count - 1, (others) => work([owner, ...others])),
  );
}

/** A transaction that has finished its work and has not committed. */
export interface OpenTransaction<T> {
  /** Commits the transaction and returns its result. */
  commit(): Promise<T>;
}

/** Begins a transaction and holds it open after its work. */
export async function holdOpen<T, W>(
  begin: (work: (tables: W) => Promise<T>) => Promise<T>,
  work: (tables: W) => Promise<T>,
): Promise<OpenTransaction<T>> {
  const stage = new EventEmitter();
  const worked = once(stage, "worked");
  const done = begin(async (tables) => {
    const result = await work(tables);
    const released = once(stage, "release");
    stage.emit("worked");
    await released;
    return result;
  });
  await Promise.race([worked, done]);
  return {
    commit: () => {
      stage.emit("release");
      return done;
    },
  };
}
