// Races without luck: something is held until all who are to meet there wait for it.
import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { withOwner } from "@projostack/db";
import type { TestServer } from "../kit/index.ts";

type Owner = Parameters<Parameters<typeof withOwner>[1]>[0];

/** What locks, as the owner of the database. */
export interface Held {
  readonly lock: string;
  readonly values?: unknown[];
}

export interface Standstill extends Held {
  /** So many are to wait before it is let go. */
  readonly until: number;
}

/** Locks, begins the work that will meet the lock, and lets go when so many wait. */
export async function standstill<T>(
  server: TestServer,
  { until, ...held }: Standstill,
  begin: () => Promise<T>,
): Promise<T> {
  const begun = await locked(server, held, async () => {
    const work = begin();
    await Promise.race([waiting(server, until), work]);
    return { work };
  });
  return begun.work;
}

/** Locks, and lets go when what is done meanwhile is done. */
export async function locked<T>(
  { database }: TestServer,
  { lock, values }: Held,
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

/** Fulfils when so many statements of the database wait for a lock. */
export async function waiting({ database }: Pick<TestServer, "database">, count: number): Promise<void> {
  for (const end = Date.now() + 10_000; ;) {
    const [row] = await database.owner<{ waiting: number }>(
      `SELECT count(*)::integer AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if ((row?.waiting ?? 0) >= count) return;
    if (Date.now() > end) throw new Error(`Only ${row?.waiting} wait, of ${count}.`);
    await delay(5);
  }
}

/** So many connections of the database's owner, for SQL that races. */
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

/** A transaction that has done its work and has not committed. */
export interface Open<T> {
  /** Lets it commit. */
  commit(): Promise<T>;
}

/** Begins a transaction and holds it open when its work is done. */
export async function heldOpen<T, W>(
  begin: (work: (tables: W) => Promise<T>) => Promise<T>,
  work: (tables: W) => Promise<T>,
): Promise<Open<T>> {
  const stage = new EventEmitter();
  const worked = once(stage, "worked");
  const done = begin(async (tables) => {
    const result = await work(tables);
    const letGo = once(stage, "let go");
    stage.emit("worked");
    await letGo;
    return result;
  });
  await Promise.race([worked, done]);
  return {
    commit: () => {
      stage.emit("let go");
      return done;
    },
  };
}
