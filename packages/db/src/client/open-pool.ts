import pg from "pg";

export interface PoolOptions {
  readonly target:
    | { host: string; port: number; user: string; password?: string; database: string }
    | { connectionString: string };
  /** Most connections open at once. */
  readonly max?: number;
  readonly onError?: (error: Error) => void;
}

/** A pool of the server's login: every wait is bounded, every time is UTC. */
export function openPool({ target, max = 16, onError }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...target,
    max,
    pipeline: true,
    connectionTimeoutMillis: 2_000,
    options: "-c timezone=UTC -c statement_timeout=5000 -c idle_in_transaction_session_timeout=15000",
    application_name: "projostack",
  });
  // An idle connection that breaks is replaced by the pool; unheard, the event would end the process.
  pool.on("error", (error) => onError?.(error));
  // One in use that breaks fails its statement, and is told of by an event as well, which the pool does not hear.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
