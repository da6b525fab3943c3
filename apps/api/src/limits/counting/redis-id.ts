// Identifies the Redis in which a server counts, by a random id in Redis itself. Two addresses can lead to one Redis, and one
// address to several. INFO's run_id would change with each restart and each failover. The id stays with the counts instead: a
// restart with persistence, a replica that takes over and a database of another number keep or separate both together.
import type { Redis } from "ioredis";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { Randomness } from "../../runtime/randomness.ts";

/** The key has no expiry, so that Redis does not evict it with `maxmemory-policy volatile-*`. */
export const REDIS_ID_KEY = "projo:limiter:id";

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Reads the id of Redis, and creates it if Redis has none. While Redis does not answer, the last id is valid for half a minute.
 * @returns null when no id is known
 */
export type ReadRedisId = () => Promise<string | null>;

export interface RedisIdOptions {
  /** Runs a query at the start, which may wait longer than a decision about a limit. */
  readonly atStart: <T>(query: (redis: Redis) => Promise<T>) => Promise<T>;
  readonly redis: Redis;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
}

/** Longer than a reconnection takes, so that a slow answer is not an unknown id. */
const VALID_MS = 30_000;

export function createReadRedisId({ atStart, redis, clock, randomness, log }: RedisIdOptions): ReadRedisId {
  let isStart = true;
  let isRefused = false;
  let last: { readonly id: string | null; readonly readAtMs: number } | null = null;
  const lastId = () => (last !== null && clock.now().getTime() - last.readAtMs < VALID_MS ? last.id : null);
  const read = async (from: Redis): Promise<string | null> => {
    // Of several servers that find none, the first one sets it.
    await from.set(REDIS_ID_KEY, randomness.newId(), "NX");
    const id = await readRedisId(from);
    last = { id, readAtMs: clock.now().getTime() };
    return id;
  };
  return async () => {
    try {
      if (!isStart) return await read(redis);
      isStart = false;
      return await atStart(read);
    } catch (error) {
      // An outage of Redis has a line of its own in the log.
      if (!isReply(error)) return lastId();
      if (!isRefused)
        log.warn(
          { reason: error.message },
          "Redis refuses its id, so this server cannot see whether others use another Redis: allow GET and SET of projo:*",
        );
      isRefused = true;
      return null;
    }
  };
}

/** @returns the id of Redis; null when no server has set one */
export async function readRedisId(redis: Pick<Redis, "get">): Promise<string | null> {
  const id = await redis.get(REDIS_ID_KEY);
  return id !== null && UUID.test(id) ? id : null;
}

const isReply = (error: unknown): error is Error => error instanceof Error && error.name === "ReplyError";
