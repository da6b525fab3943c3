// The rows of the running servers. The database's clock decides which of them are alive.
import type { RunStatement } from "../scope/run-statement.ts";

/** A check of one key: the kid, and a MAC with the key over the id of the server's row, in hexadecimal digits. */
export interface KeyCheck {
  readonly kid: number;
  readonly check: string;
}

export interface ServerEntry {
  readonly id: string;
  readonly host: string;
  /** Identifies the boot and the process namespace of the machine. */
  readonly place: string;
  readonly processId: number;
  /** The checks of the keys, newest first. */
  readonly keyChecks: readonly KeyCheck[];
  /** Where the server counts limits: alone, in a Redis of its own machine, or in a Redis of the network. */
  readonly limiter: "none" | "machine" | "network";
  /** The id that the server found in its Redis; null without Redis, while Redis does not answer, and in earlier builds. */
  readonly limiterId: string | null;
}

export interface LivingServer extends ServerEntry {
  readonly startedAt: Date;
  /** When the server last renewed its row. */
  readonly seenAt: Date;
}

export interface ServerStore {
  /** Lists the living servers, oldest first. */
  list(): Promise<LivingServer[]>;
  /**
   * Inserts the row of a server. Servers are inserted one after another, so of two servers that start at the same time one
   * sees the other. @returns the other living servers
   */
  register(entry: ServerEntry): Promise<LivingServer[]>;
  /** Renews the row with its limiter's id, inserts it again if another server removed it, and removes dead ones. @returns the other living servers */
  renew(entry: ServerEntry): Promise<LivingServer[]>;
  remove(id: string): Promise<void>;
}

/** How long after its last renewal a server counts as alive. */
export const ALIVE_SECONDS = 12;

export function serverStore(run: RunStatement): ServerStore {
  const others = async (name: string, text: string, values: unknown[], lock?: typeof LOCK) =>
    (await run<LivingServer & object>(name, text, values, lock)).rows;
  return {
    list: () => others("servers_list", `${LIVING} ORDER BY started_at, id`, []),
    register: (entry) => others("servers_register", REGISTER, valuesOf(entry), LOCK),
    renew: (entry) => others("servers_renew", RENEW, valuesOf(entry)),
    remove: async (id) => {
      await run("servers_remove", "DELETE FROM servers WHERE id = $1", [id]);
    },
  };
}

const valuesOf = ({ id, host, place, processId, keyChecks, limiter, limiterId }: ServerEntry): unknown[] => [
  id,
  host,
  place,
  processId,
  JSON.stringify(keyChecks),
  limiter,
  limiterId,
];

/** Any number that no other advisory lock of the database uses. */
const LOCK = { name: "servers_lock", text: "SELECT pg_advisory_xact_lock($1)", values: [7_351_029_418] };

const LIVING = `
  SELECT id, host, place, process_id AS "processId", key_checks AS "keyChecks", limiter,
         limiter_id AS "limiterId", started_at AS "startedAt", seen_at AS "seenAt"
    FROM servers WHERE seen_at > clock_timestamp() - INTERVAL '${ALIVE_SECONDS} seconds'`;

const INSERT = `
  INSERT INTO servers (id, host, place, process_id, key_checks, limiter, limiter_id, started_at, seen_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp(), clock_timestamp())`;

const OTHERS = `${LIVING} AND id <> $1 ORDER BY started_at, id`;

const REGISTER = `WITH mine AS (${INSERT}) ${OTHERS}`;

const RENEW = `
  WITH mine AS (${INSERT} ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp(), limiter_id = excluded.limiter_id),
       dead AS (DELETE FROM servers WHERE seen_at < clock_timestamp() - INTERVAL '1 hour' AND id <> $1)
  ${OTHERS}`;
