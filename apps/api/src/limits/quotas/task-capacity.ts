// Enforces the task quota of workspaces. Counting all tasks for each new task would be slow in large workspaces, so the
// process caches the count and updates it. It counts again when a part of the free capacity is used up, and before it
// refuses a task. One server is exact. With several servers, each may reserve the capacity that was free at its last count;
// the quota is exceeded by at most 1,000 tasks per server.
import type { Grant } from "@projostack/authz";
import type { Db } from "@projostack/db";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";

export interface TaskCapacity {
  /**
   * Reserves capacity for `count` tasks; null when the quota does not allow them. The caller must close the reservation.
   */
  reserve(grant: Grant, count: number): Promise<Reservation | null>;
  /** Called when tasks were deleted, so that a full workspace is counted again soon. */
  noteDeletion(workspaceId: string): void;
}

export interface Reservation {
  /** Ends the reservation. @param created the number of tasks that were created */
  close(created: number): void;
}

export interface TaskCapacityOptions {
  readonly db: Pick<Db, "read">;
  /** The most tasks of one workspace. */
  readonly quota: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The most tasks that are reserved without a new count: 1,000 or a sixteenth of the free capacity. Other servers may
 * reserve as many.
 */
const RESERVED_PER_COUNT = 1_000;
const RESERVED_PART = 1 / 16;
const COUNT_AGAIN_MS = 60_000;
/** The shortest time between two counts of a full workspace, without and after a deletion. */
const COUNT_FULL_AGAIN_MS = 5_000;
const COUNT_FREED_AGAIN_MS = 1_000;
/** The most workspaces in memory. Beyond it, the oldest are forgotten and are counted again when needed. */
const MOST_WORKSPACES = 10_000;

interface WorkspaceCount {
  /** The number of tasks, including reserved ones. It may be too high but never too low. */
  tasks: number;
  reserved: number;
  /** The number of tasks that may be reserved before the next count. */
  allowed: number;
  countedAt: number;
  /** The earliest time at which a full workspace is counted again. */
  countableAt: number;
  /** The tasks created while a count is in progress, which the count may not include. */
  createdMeanwhile: number;
  counting: Promise<void> | undefined;
}

export function createTaskCapacity({ db, quota, clock, log }: TaskCapacityOptions): TaskCapacity {
  const workspaces = new Map<string, WorkspaceCount>();
  const now = () => clock.now().getTime();

  const knownOf = (workspaceId: string): WorkspaceCount => {
    let known = workspaces.get(workspaceId);
    if (!known) {
      const [oldest] = workspaces.keys();
      if (oldest !== undefined && workspaces.size >= MOST_WORKSPACES) workspaces.delete(oldest);
      known = { ...UNCOUNTED };
      workspaces.set(workspaceId, known);
    }
    return known;
  };
  const count = (known: WorkspaceCount, grant: Grant): Promise<void> => {
    known.createdMeanwhile = known.counting ? known.createdMeanwhile : 0;
    known.counting ??= db
      .read(grant, ({ sql: { tasks } }) => tasks.count(quota))
      .then(
        (found) => {
          known.tasks = found + known.createdMeanwhile + known.reserved;
        },
        (error: unknown) => {
          // A failed count does not block the creation of tasks. The next count follows in a minute.
          log.warn(
            { err: error, workspaceId: grant.workspaceId },
            "the tasks of a workspace could not be counted",
          );
        },
      )
      .finally(() => {
        const free = Math.max(0, quota - known.tasks);
        known.allowed =
          free <= RESERVED_PER_COUNT ? free : Math.max(RESERVED_PER_COUNT, Math.floor(free * RESERVED_PART));
        known.countedAt = now();
        known.countableAt = known.countedAt + COUNT_FULL_AGAIN_MS;
        known.counting = undefined;
      });
    return known.counting;
  };

  return {
    reserve: async (grant, requested) => {
      const known = knownOf(grant.workspaceId);
      const isFull = known.tasks + requested > quota;
      if (known.countedAt === 0 || (isFull ? now() >= known.countableAt : known.allowed < requested)) {
        await count(known, grant);
      } else if (now() - known.countedAt > COUNT_AGAIN_MS) void count(known, grant);
      if (known.tasks + requested > quota) return null;
      known.tasks += requested;
      known.reserved += requested;
      known.allowed -= requested;
      return {
        close: (created) => {
          known.reserved -= requested;
          known.tasks -= requested - created;
          known.createdMeanwhile += created;
        },
      };
    },
    noteDeletion: (workspaceId) => {
      const known = workspaces.get(workspaceId);
      if (known) known.countableAt = Math.min(known.countableAt, known.countedAt + COUNT_FREED_AGAIN_MS);
    },
  };
}

const UNCOUNTED: WorkspaceCount = {
  tasks: 0,
  reserved: 0,
  allowed: 0,
  countedAt: 0,
  countableAt: 0,
  createdMeanwhile: 0,
  counting: undefined,
};
