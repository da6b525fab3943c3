import type pg from "pg";
import { ConnectionRetired } from "./bounded-client.ts";
import { BoundedPool } from "./bounded-pool.ts";
import { ConnectionWatch } from "./connection-watch.ts";
import { startOptions } from "./connection-settings.ts";
import { probeOf } from "./probe.ts";

export interface PoolOptions {
  readonly target:
    | { host: string; port: number; user: string; password?: string; database: string }
    | { connectionString: string };
  /** Most connections open at once. */
  readonly max?: number;
  /** True where a pooler in transaction mode is reached: it refuses what a connection asks for at its start. */
  readonly pooled?: boolean;
  readonly onError?: (error: Error) => void;
  /** Is told when the database stops answering (true), and when it answers again (false). */
  readonly onOutage?: (isUnreachable: boolean) => void;
}

/** A pool of the server's login: every wait is bounded, every time is UTC (through a pooler, by `createDb`). */
export function openPool({ target, max = 16, pooled = false, onError, onOutage }: PoolOptions): pg.Pool {
  const watch = new ConnectionWatch(probeOf({ target, pooled }), (isUnreachable) =>
    onOutage?.(isUnreachable),
  );
  const pool = new BoundedPool(
    {
      ...target,
      max,
      pipeline: true,
      connectionTimeoutMillis: 2_000,
      // A connection that nobody uses is not forgotten by the firewalls between here and the database.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      ...(pooled ? {} : { options: startOptions }),
      application_name: "projostack",
    },
    watch,
  );
  // An idle connection that breaks is replaced by the pool; unheard, the event would end the process.
  pool.on("error", (error) => {
    if (!(error instanceof ConnectionRetired)) onError?.(error);
  });
  // One that breaks while it is lent fails its statements, which say so; the event says nothing more.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
