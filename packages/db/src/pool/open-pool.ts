import type pg from "pg";
import { ConnectionRetired } from "./bounded-client.ts";
import { BoundedPool } from "./bounded-pool.ts";
import { ConnectionWatch } from "./connection-watch.ts";
import { sharedStartOptions, startOptions } from "./connection-settings.ts";
import type { PoolOptions } from "./pool-options.ts";
import { probeOf } from "./probe.ts";

/** The pool of all work, and beside it the connections that quick reads share. */
export type ServerPool = pg.Pool & {
  /** Undefined behind a pooler, and where there are fewer than four connections in all. */
  readonly shared?: pg.Pool | undefined;
};

/** A pool of the server's login: every wait is bounded, every time is UTC (through a pooler, by `createDb`). */
export function openPool({ max = 16, ...options }: PoolOptions): ServerPool {
  const watch = new ConnectionWatch(probeOf(options), (isUnreachable) => options.onOutage?.(isUnreachable));
  const shared = options.pooled || max < 4 ? 0 : 2 * Math.max(1, Math.floor(max / 16));
  const pool = openPart(options, { watch, max: max - shared, startOptions });
  if (shared === 0) return pool;
  return Object.assign(pool, {
    shared: openPart(options, { watch, max: shared, startOptions: sharedStartOptions }),
  });
}

interface Part {
  /** One for both parts: it asks the database about the connections of either. */
  readonly watch: ConnectionWatch;
  readonly max: number;
  readonly startOptions: string;
}

function openPart({ target, pooled = false, onError }: PoolOptions, part: Part): pg.Pool {
  const pool = new BoundedPool(
    {
      ...target,
      max: part.max,
      pipeline: true,
      connectionTimeoutMillis: 2_000,
      // A connection that nobody uses is not forgotten by the firewalls between here and the database.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      ...(pooled ? {} : { options: part.startOptions }),
      application_name: "projostack",
    },
    part.watch,
  );
  // An idle connection that breaks is replaced by the pool; unheard, the event would end the process.
  pool.on("error", (error) => {
    if (!(error instanceof ConnectionRetired)) onError?.(error);
  });
  // One that breaks while it is lent fails its statements, which say so; the event says nothing more.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
