import type pg from "pg";
import type { PostgresTarget } from "../login/postgres-address.ts";
import { nameOf } from "../login/with-owner.ts";
import { BoundedClient, ConnectionRetired } from "./bounded-client.ts";
import { BoundedPool } from "./bounded-pool.ts";
import { ConnectionWatch } from "./connection-watch.ts";
import { sharedStartOptions, startOptions } from "./connection-settings.ts";
import type { PoolOptions } from "./pool-options.ts";
import { probeOf } from "./probe.ts";
import type { ConnectionKind } from "./settings-check.ts";

/** The pool of the server's connections, and a second pool for the connections that quick reads share. */
export type ServerPool = pg.Pool & {
  /** Undefined behind a pooler, and with fewer than four connections in total. */
  readonly shared?: pg.Pool | undefined;
};

/** Opens the pool of a login. Every wait has a time limit, and times are in UTC. Behind a pooler, `createDb` sets both. */
export function openPool({ max = 16, ...options }: PoolOptions): ServerPool {
  const watch = new ConnectionWatch(probeOf(options), (isUnreachable) => options.onOutage?.(isUnreachable));
  const shared = options.pooled || max < 4 ? 0 : 2 * Math.max(1, Math.floor(max / 16));
  const kind = options.pooled ? "pooled" : "own";
  const pool = openPart(options, { watch, max: max - shared, startOptions, kind });
  if (shared === 0) return pool;
  return Object.assign(pool, {
    shared: openPart(options, { watch, max: shared, startOptions: sharedStartOptions, kind: "shared" }),
  });
}

/** Opens the pool of a replica. All of its connections have the short time limits of shared connections. */
export function openReplicaPool({ max = 8, ...options }: PoolOptions): ServerPool {
  const watch = new ConnectionWatch(probeOf(options), (isUnreachable) => options.onOutage?.(isUnreachable));
  const shared = options.pooled || max < 4 ? 0 : Math.max(1, Math.floor(max / 8));
  const limits = { startOptions: sharedStartOptions, kind: options.pooled ? "pooled" : "shared" } as const;
  const pool = openPart(options, { watch, max: max - shared, ...limits });
  return shared === 0
    ? pool
    : Object.assign(pool, { shared: openPart(options, { watch, max: shared, ...limits }) });
}

interface Part {
  /** One watch for both pools: a probe asks about the connections of both. */
  readonly watch: ConnectionWatch;
  readonly max: number;
  readonly startOptions: string;
  readonly kind: ConnectionKind;
}

/** The longest time for connecting. */
const CONNECT_MS = 2_000;

function openPart({ target, pooled = false, durability = null, onError }: PoolOptions, part: Part): pg.Pool {
  const { applicationName, connectMs = CONNECT_MS, options: given, ...config } = optionalsOf(target);
  const options = [given ?? [], pooled ? [] : part.startOptions].flat().join(" ");
  const pool = new BoundedPool(
    {
      ...config,
      max: part.max,
      pipeline: true,
      connectionTimeoutMillis: Math.min(connectMs, CONNECT_MS),
      // Keep-alive packets prevent firewalls from dropping idle connections.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // PostgreSQL applies the last value of a setting, so the server's own options come last.
      ...(options !== "" && { options }),
      application_name: nameOf("projostack", applicationName),
    },
    part.watch,
  );
  // The pool replaces an idle connection that breaks. Without a listener, the event would end the process.
  pool.on("error", (error) => {
    if (!(error instanceof ConnectionRetired)) onError?.(error);
  });
  // A connection that breaks in use fails its statements, so their callers get the error and the event adds nothing.
  pool.on("connect", (client) => {
    client.on("error", () => {});
    if (client instanceof BoundedClient) client.checkSettings(part.kind, durability);
  });
  return pool;
}

/** A target without an address, as for the embedded database, has none of these. */
const optionalsOf = (target: PoolOptions["target"]): Partial<PostgresTarget> => target;
