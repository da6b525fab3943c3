import pg from "pg";
import type { PostgresAddress } from "../login/postgres-address.ts";
import { startOptions } from "./connection-settings.ts";

export interface PoolOptions {
  readonly target:
    | { host: string; port: number; user: string; password?: string; database: string }
    | { connectionString: string; ssl?: PostgresAddress["target"]["ssl"] };
  /** Most connections open at once. */
  readonly max?: number;
  /** True where a pooler in transaction mode is reached: it refuses what a connection asks for at its start. */
  readonly pooled?: boolean;
  readonly onError?: (error: Error) => void;
}

/** A pool of the server's login: every wait is bounded, every time is UTC (through a pooler, by `createDb`). */
export function openPool({ target, max = 16, pooled = false, onError }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...target,
    max,
    pipeline: true,
    connectionTimeoutMillis: 2_000,
    ...(pooled ? {} : { options: startOptions }),
    application_name: "projostack",
  });
  // An idle connection that breaks is replaced by the pool; unheard, the event would end the process.
  pool.on("error", (error) => onError?.(error));
  // One that breaks while it is lent fails its statements, which say so; the event says nothing more.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
