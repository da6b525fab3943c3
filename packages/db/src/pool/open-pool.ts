import type pg from "pg";
import { ConnectionRetired } from "./bounded-client.ts";
import { BoundedPool } from "./bounded-pool.ts";
import { ConnectionWatch } from "./connection-watch.ts";
import { sharedStartOptions, startOptions } from "./connection-settings.ts";
import type { PoolOptions } from "./pool-options.ts";
import { probeOf } from "./probe.ts";

/** The pool of the server's connections, and a second pool for the connections that quick reads share. */
export type ServerPool = pg.Pool & {
  /** Undefined behind a pooler, and with fewer than four connections in total. */
  readonly shared?: pg.Pool | undefined;
};

/** Opens the pool of a login. Every wait has a time limit, and times are in UTC. Behind a pooler, `createDb` sets both. */
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
  /** One watch for both pools: a probe asks about the connections of both. */
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
      // Keep-alive packets prevent firewalls from dropping idle connections.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      ...(pooled ? {} : { options: part.startOptions }),
      application_name: "projostack",
    },
    part.watch,
  );
  // The pool replaces an idle connection that breaks. Without a listener, the event would end the process.
  pool.on("error", (error) => {
    if (!(error instanceof ConnectionRetired)) onError?.(error);
  });
  // A connection that breaks in use fails its statements, so their callers get the error and the event adds nothing.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
