// A lock that a test holds until it has seen what must happen meanwhile. A lock for a fixed time ends too early on a slow machine.
import { setTimeout as delay } from "node:timers/promises";
import { withOwner } from "../../src/index.ts";
import type { TestDatabase } from "./test-database.ts";

/** A statement that locks rows or tables. It runs with the login of the database's owner. */
export interface Lock {
  readonly lock: string;
  readonly values?: unknown[];
}

export interface HeldLock {
  /**
   * Resolves when at least `count` statements of the database wait for a lock, or when the lock is released.
   * @throws Error after 10 seconds
   */
  untilWaiting(count: number): Promise<void>;
  /** Commits the transaction that holds the lock. */
  release(): Promise<void>;
}

/** Takes a lock, and releases it when `work` has ended, unless `work` has released it. */
export function whileLocked<T>(
  database: Pick<TestDatabase, "ownerUrl" | "owner">,
  { lock, values }: Lock,
  work: (held: HeldLock) => Promise<T>,
): Promise<T> {
  return withOwner({ connectionString: database.ownerUrl }, async (owner) => {
    await owner.query("BEGIN");
    await owner.query(lock, values);
    let isHeld = true;
    const release = async () => {
      if (!isHeld) return;
      isHeld = false;
      await owner.query("COMMIT");
    };
    try {
      return await work({ release, untilWaiting: (count) => untilWaiting(database, count, () => isHeld) });
    } finally {
      await release();
    }
  });
}

/** Resolves when at least `count` statements of the database wait for a lock. @throws Error after 10 seconds */
export async function untilWaiting(
  { owner }: Pick<TestDatabase, "owner">,
  count: number,
  isHeld: () => boolean = () => true,
): Promise<void> {
  for (const end = Date.now() + 10_000; isHeld(); await delay(5)) {
    const [row] = await owner<{ waiting: number }>(
      `SELECT count(*)::integer AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if ((row?.waiting ?? 0) >= count) return;
    if (Date.now() > end) throw new Error(`Only ${row?.waiting} of ${count} statements wait for a lock.`);
  }
}
