import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";

// The key of the advisory lock that Prisma's schema engine takes, so that the two never run at the same time.
const LOCK = 72_707_369;
const POLL_MS = 200;

/**
 * Runs the work while no other session migrates the database. It asks for the lock again and again, because a session that
 * waits inside PostgreSQL keeps a snapshot: CREATE INDEX CONCURRENTLY of the session with the lock would wait for it forever.
 */
export async function withMigrationLock<T>(
  owner: pg.ClientBase,
  work: () => Promise<T>,
  note: (line: string) => void,
): Promise<T> {
  for (let attempt = 1; !(await isTaken(owner)); attempt += 1) {
    if (attempt === 1) note("Another session is migrating this database. Waiting until it has finished.");
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    // A broken connection has released the lock already.
    await owner.query("SELECT pg_advisory_unlock($1)", [LOCK]).catch(() => {});
  }
}

async function isTaken(owner: pg.ClientBase): Promise<boolean> {
  const { rows } = await owner.query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1) AS taken", [LOCK]);
  return rows[0]?.taken === true;
}
