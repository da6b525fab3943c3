// Checks what the server requires of a PostgreSQL, besides the rights of its login.
import type pg from "pg";
import { durableSettingNames } from "./durable-settings.ts";
import type { PostgresTarget } from "./postgres-address.ts";
import { openClient } from "./with-owner.ts";

/** The PostgreSQL or pooler at the address is not suitable. Put the name of the setting before the message. */
export class UnsuitableServer extends Error {
  override readonly name = "UnsuitableServer";
}

/** The oldest supported version, as PostgreSQL's `server_version_num`. */
const OLDEST = 150_000;

export interface ServerFacts {
  readonly version: string;
  readonly number: number;
  readonly encoding: string;
  readonly database: string;
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
  /** How many tables of this program the database has, of the four that every version has. */
  readonly ownTables: number;
  /** The names of some other tables. */
  readonly otherTables: string[];
  readonly maxConnections: number;
  readonly usedConnections: number;
  /** The settings that decide whether a crash can lose acknowledged writes. */
  readonly durableSettings: Readonly<Record<string, string>>;
  /** The database's clock in ms since 1970. */
  readonly clockMs: number;
}

const CORE_TABLES = ["users", "workspaces", "workspace_members", "audit_logs"];

// Tables of extensions do not count: services put some into each new database.
const FACTS = `
  WITH tables AS (
    SELECT relname::text AS name FROM pg_class AS c
     WHERE relnamespace = to_regnamespace('public') AND relkind IN ('r', 'p')
       AND NOT EXISTS (SELECT FROM pg_depend AS d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  )
  SELECT current_setting('server_version') AS version,
         current_setting('server_version_num')::int AS number,
         current_setting('server_encoding') AS encoding,
         current_database()::text AS database,
         pg_is_in_recovery() AS "isStandby",
         current_setting('transaction_read_only') = 'on' AS "isReadOnly",
         (SELECT count(*)::int FROM tables WHERE name = ANY (array['${CORE_TABLES.join("','")}'])) AS "ownTables",
         (SELECT coalesce(array_agg(name ORDER BY name), array[]::text[]) FROM (
            SELECT name FROM tables
             WHERE name <> ALL (array['${CORE_TABLES.join("','")}', '_prisma_migrations']) ORDER BY name LIMIT 3
          ) AS others) AS "otherTables",
         current_setting('max_connections')::int AS "maxConnections",
         (SELECT sum(numbackends)::int FROM pg_stat_database) AS "usedConnections",
         json_build_object(${durableSettingNames.map((name) => `'${name}', current_setting('${name}')`).join(", ")}) AS "durableSettings",
         (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "clockMs"`;

export async function serverFacts(connection: Pick<pg.ClientBase, "query">): Promise<ServerFacts> {
  const { rows } = await connection.query<ServerFacts>(FACTS);
  const [facts] = rows;
  if (!facts) throw new UnsuitableServer("the database did not return its version.");
  return facts;
}

/**
 * Checks the server in a transaction of several messages, which a pooler in statement mode refuses.
 * @returns the facts of the server
 * @throws UnsuitableServer with a message that says what to do
 */
export async function checkServer(client: Pick<pg.ClientBase, "query">): Promise<ServerFacts> {
  await client.query("BEGIN");
  const facts = await serverFacts(client);
  await client.query("COMMIT");
  const [problem] = serverProblems(facts);
  if (problem !== undefined) throw new UnsuitableServer(problem);
  return facts;
}

/** Does the same on a connection of a pool. */
export async function checkServerOf(pool: pg.Pool): Promise<ServerFacts> {
  const client = await pool.connect();
  // After an error the connection is closed, because its transaction is open.
  let isBroken = true;
  try {
    const facts = await checkServer(client);
    isBroken = false;
    return facts;
  } finally {
    client.release(isBroken);
  }
}

export function serverProblems(facts: ServerFacts): string[] {
  const { version, number, encoding, database, isStandby, isReadOnly, ownTables, otherTables } = facts;
  return [
    number < OLDEST &&
      `PostgreSQL ${version} answers there, and version 15 or newer is required. Upgrade it, or name another server.`,
    encoding !== "UTF8" &&
      `the database ${database} has the encoding ${encoding}, which cannot store every text. Create another one: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0.`,
    isStandby &&
      `a read-only replica (hot standby) answers there. Name the primary, or an address that follows it.`,
    !isStandby &&
      isReadOnly &&
      `the database ${database} accepts no writes (default_transaction_read_only is on). Reset that setting of the database or the login.`,
    ownTables < CORE_TABLES.length &&
      otherTables.length > 0 &&
      `the database ${database} contains tables of another program, such as ${otherTables.join(", ")}. Correct the name of the database, or create an empty one and run \`projostack migrate\`.`,
  ].filter((problem) => problem !== false);
}

/** The place of an address: PostgreSQL itself, or a pooler. */
export type PoolerKind = "none" | "session" | "transaction";

/** Detects a pooler: it makes up process ids, and in transaction mode two clients get the same connection in turn. */
export async function poolerOf(target: PostgresTarget): Promise<PoolerKind> {
  const [first, second] = [openClient(target, "projostack check"), openClient(target, "projostack check")];
  try {
    await first.connect();
    const pid = await backendPid(first);
    if (pid === announcedPid(first)) return "none";
    await second.connect();
    return (await answerOf(backendPid(second))) === pid ? "transaction" : "session";
  } finally {
    await Promise.all([first.end(), second.end()]);
  }
}

/** A pooler in session mode whose connections are all in use lets the second client wait. @returns undefined after a while */
function answerOf<T>(work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => resolve(undefined), SECOND_CLIENT_MS);
    void work.then(resolve, reject).finally(() => clearTimeout(late));
  });
}

const SECOND_CLIENT_MS = 2_000;

async function backendPid(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return rows[0]?.pid;
}

/** The process id that was announced when the connection began. This function casts, because pg's types omit the member. */
const announcedPid = (client: pg.Client): number | null =>
  (client as unknown as { processID: number | null }).processID;

/**
 * Checks that the address reaches a session of its own, which a migration needs for its lock.
 * @throws UnsuitableServer
 */
export async function checkSession(target: PostgresTarget): Promise<void> {
  if ((await poolerOf(target)) === "transaction") {
    throw new UnsuitableServer(
      "a pooler in transaction mode answers there, and a migration needs a session of its own. Name PostgreSQL itself.",
    );
  }
}
