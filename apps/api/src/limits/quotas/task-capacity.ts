// Whether a workspace may have more tasks. To count them for each that is made would take the longer the more there are, so
// the count is kept in this process and goes on from there: it is taken anew when a part of the room is used up, and before
// anything is refused. One server alone is exact. Of several, each may let in as many as were free when it counted last, but
// not more than a thousand too many.
import type { Grant } from "@projostack/authz";
import type { Db } from "@projostack/db";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";

export interface TaskCapacity {
  /** Room for so many tasks, to be closed when it is known how many were made. Null when there is none. */
  reserve(grant: Grant, many: number): Promise<Reservation | null>;
  /** To be told that tasks were deleted: where there was no room there may be some. */
  freed(workspaceId: string): void;
}

export interface Reservation {
  close(made: number): void;
}

export interface TaskCapacityOptions {
  readonly db: Pick<Db, "read">;
  /** The most tasks of one workspace. */
  readonly quota: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** So much room is let in without a new count: others may let in as much meanwhile. */
const COUNTED_ONCE = 1_000;
const PART = 1 / 16;
const COUNT_AGAIN_MS = 60_000;
/** A workspace that is full is counted no more often than this, and after a deletion no more often than that. */
const COUNT_FULL_AGAIN_MS = 5_000;
const COUNT_FREED_AGAIN_MS = 1_000;
/** Of more workspaces the oldest are forgotten, and counted anew. */
const MOST_WORKSPACES = 10_000;

interface Known {
  /** With what is reserved. Too high rather than too low. */
  tasks: number;
  reserved: number;
  /** How many may be reserved before the next count. */
  allowed: number;
  countedAt: number;
  /** When it may be counted again because it is full. */
  countableAt: number;
  /** Made while a count is under way, and so perhaps not in it. */
  madeMeanwhile: number;
  counting: Promise<void> | undefined;
}

export function createTaskCapacity({ db, quota, clock, log }: TaskCapacityOptions): TaskCapacity {
  const workspaces = new Map<string, Known>();
  const now = () => clock.now().getTime();

  const knownOf = (workspaceId: string): Known => {
    let known = workspaces.get(workspaceId);
    if (!known) {
      const [oldest] = workspaces.keys();
      if (oldest !== undefined && workspaces.size >= MOST_WORKSPACES) workspaces.delete(oldest);
      known = { ...UNCOUNTED };
      workspaces.set(workspaceId, known);
    }
    return known;
  };
  const count = (known: Known, grant: Grant): Promise<void> => {
    known.madeMeanwhile = known.counting ? known.madeMeanwhile : 0;
    known.counting ??= db
      .read(grant, ({ sql: { tasks } }) => tasks.count(quota))
      .then(
        (found) => {
          known.tasks = found + known.madeMeanwhile + known.reserved;
        },
        (error: unknown) => {
          // Nobody is kept from work because counting takes too long: it is tried again in a minute.
          log.warn(
            { err: error, workspaceId: grant.workspaceId },
            "the tasks of a workspace could not be counted",
          );
        },
      )
      .finally(() => {
        const room = Math.max(0, quota - known.tasks);
        known.allowed = room <= COUNTED_ONCE ? room : Math.max(COUNTED_ONCE, Math.floor(room * PART));
        known.countedAt = now();
        known.countableAt = known.countedAt + COUNT_FULL_AGAIN_MS;
        known.counting = undefined;
      });
    return known.counting;
  };

  return {
    reserve: async (grant, many) => {
      const known = knownOf(grant.workspaceId);
      const isFull = known.tasks + many > quota;
      if (known.countedAt === 0 || (isFull ? now() >= known.countableAt : known.allowed < many)) {
        await count(known, grant);
      } else if (now() - known.countedAt > COUNT_AGAIN_MS) void count(known, grant);
      if (known.tasks + many > quota) return null;
      known.tasks += many;
      known.reserved += many;
      known.allowed -= many;
      return {
        close: (made) => {
          known.reserved -= many;
          known.tasks -= many - made;
          known.madeMeanwhile += made;
        },
      };
    },
    freed: (workspaceId) => {
      const known = workspaces.get(workspaceId);
      if (known) known.countableAt = Math.min(known.countableAt, known.countedAt + COUNT_FREED_AGAIN_MS);
    },
  };
}

const UNCOUNTED: Known = {
  tasks: 0,
  reserved: 0,
  allowed: 0,
  countedAt: 0,
  countableAt: 0,
  madeMeanwhile: 0,
  counting: undefined,
};
