// A statement that waits for a table lock makes every later statement on the table wait behind it. A migration therefore waits
// for a short time only, undoes its transaction, lets the traffic pass, and tries again.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** The longest wait for one lock. The servers refuse a call that waits for a lock for 2 s, so no call fails because of it. */
export const LOCK_TIMEOUT_MS = 500;
/** The pauses between the attempts grow up to this. */
const LONGEST_PAUSE_MS = 5_000;

export interface LockAttempts {
  /** The time in which the migration tries to get its locks. */
  readonly lockWaitSeconds: number;
  readonly note: (line: string) => void;
}

/** The locks were not available in the whole time. */
export class LocksUnavailable extends Error {
  override readonly name = "LocksUnavailable";
}

/** Repeats the work while other sessions hold its locks. The work undoes itself when it fails. */
export async function withLockAttempts<T>(
  owner: pg.ClientBase,
  work: () => Promise<T>,
  { lockWaitSeconds, note }: LockAttempts,
): Promise<T> {
  const endsAt = performance.now() + lockWaitSeconds * 1000;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isLockConflict(error)) throw error;
      const holders = await holdersOf(owner);
      const pauseMs = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** attempt);
      if (performance.now() + pauseMs > endsAt) {
        throw new LocksUnavailable(`other sessions held its locks for ${lockWaitSeconds} s (${holders})`, {
          cause: error,
        });
      }
      if (attempt === 1)
        note(`Another session holds a lock that the migration needs (${holders}). It tries again.`);
      await sleep(pauseMs);
    }
  }
}

/** lock_not_available or deadlock_detected. */
const isLockConflict = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === "55P03" || error.code === "40P01");

// A login without pg_read_all_stats sees the process ids of other logins, and no more.
const HOLDERS = `
  SELECT DISTINCT ON (l.pid) l.pid, coalesce(a.application_name, '') AS program, c.relname::text AS table,
         coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::int AS seconds
    FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation AND c.relnamespace = 'public'::regnamespace
    LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
   WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND l.granted AND l.pid <> pg_backend_pid() AND c.relkind IN ('r', 'p')
   ORDER BY l.pid, c.relname`;

interface Holder {
  pid: number;
  program: string;
  table: string;
  seconds: number;
}

/** Describes the sessions with the longest transactions. */
async function holdersOf(owner: pg.ClientBase): Promise<string> {
  const { rows } = await owner.query<Holder>(HOLDERS);
  const longest = rows.toSorted((a, b) => b.seconds - a.seconds).slice(0, 3);
  if (longest.length === 0) return "they have ended";
  return longest
    .map(
      ({ pid, program, table, seconds }) =>
        `process ${pid}${program === "" ? "" : ` of ${program}`} on ${table}, ${seconds} s`,
    )
    .join("; ");
}
