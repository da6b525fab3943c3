// Deterministic races: the test holds a lock until the expected number of statements waits for it.
import { EventEmitter, once } from "node:events";
import { withOwner } from "@projostack/db";
import { whileLocked, type Lock } from "@projostack/db/testing";
import type { TestServer } from "../kit/index.ts";

type Owner = Parameters<Parameters<typeof withOwner>[1]>[0];

export interface RaceAtLock extends Lock {
  /** The number of waiting statements at which the lock is released. */
  readonly until: number;
}

/** Takes a lock, begins work that waits for it, and releases the lock when `until` statements wait. */
export const raceAtLock = <T>(
  { database }: TestServer,
  { until, ...lock }: RaceAtLock,
  begin: () => Promise<T>,
): Promise<T> =>
  whileLocked(database, lock, async (held) => {
    const work = begin();
    await Promise.race([held.untilWaiting(until), work]);
    await held.release();
    return work;
  });

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
