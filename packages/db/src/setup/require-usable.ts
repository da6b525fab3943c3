// Checks that the database can hold ProjoStack before anything is changed.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { withOwner } from "../login/with-owner.ts";
import { SetupProblem } from "./setup-problem.ts";

const OLDEST = 150_000;
const VARIABLE = "PROJO_DATABASE_OWNER_URL";

interface ServerFacts {
  database: string;
  owner: string;
  version: string;
  version_number: number;
  encoding: string;
  is_replica: boolean;
  is_read_only: boolean;
  process_id: number;
}

const FACTS = `
  SELECT current_database() AS database, current_user AS owner, current_setting('server_version') AS version,
         current_setting('server_version_num')::int AS version_number, pg_encoding_to_char(encoding) AS encoding,
         pg_is_in_recovery() AS is_replica, current_setting('transaction_read_only') = 'on' AS is_read_only,
         pg_backend_pid() AS process_id
    FROM pg_database WHERE datname = current_database()`;

/**
 * @param target the target of the connection, to open a second one; without it, a pooler is not detected
 * @throws SetupProblem
 */
export async function requireUsable(owner: pg.ClientBase, target?: pg.ClientConfig): Promise<void> {
  const { rows } = await owner.query<ServerFacts>(FACTS);
  const [facts] = rows;
  if (!facts) throw new SetupProblem(`${VARIABLE}: PostgreSQL did not describe the database.`);
  const problem = problemOf(facts);
  if (problem !== null) throw new SetupProblem(`${VARIABLE}: ${problem}`);
  // A pooler reports a process id of its own.
  const reported = (owner as { processID?: number | null }).processID;
  if (target && reported !== facts.process_id && !(await keepsSession(owner, target))) {
    throw new SetupProblem(
      `${VARIABLE}: a connection pooler in transaction or statement mode answers there, and a migration needs one session. Set ${VARIABLE} to the address of PostgreSQL itself, or to a pooler in session mode.`,
    );
  }
}

function problemOf(facts: ServerFacts): string | null {
  const { database, owner, version, encoding } = facts;
  if (facts.version_number < OLDEST) {
    return `PostgreSQL ${version} is too old. ProjoStack needs PostgreSQL 15 or newer: upgrade it, or use another server.`;
  }
  if (facts.is_replica) {
    return `the server is a read-only replica (pg_is_in_recovery() is true). Set ${VARIABLE} to the address of the primary server.`;
  }
  if (facts.is_read_only) {
    return `the database is read-only (default_transaction_read_only is on). Services switch it on when the disk is full: free space, or run ALTER ROLE ${pg.escapeIdentifier(owner)} RESET default_transaction_read_only, then run \`pnpm db:migrate\` again.`;
  }
  if (encoding !== "UTF8") {
    const created = `CREATE DATABASE ${pg.escapeIdentifier(`${database}_utf8`)} OWNER ${pg.escapeIdentifier(owner)} ENCODING 'UTF8' TEMPLATE template0 LOCALE 'C'`;
    return `the database ${database} has the encoding ${encoding}, which cannot store every text. Create one with UTF8 and name it instead: ${created};`;
  }
  return null;
}

/**
 * Tests whether successive statements reach the same session. In transaction mode a second client gets the session of the first
 * one, or the first one gets another session: a value that is set in the session shows both.
 */
async function keepsSession(owner: pg.ClientBase, target: pg.ClientConfig): Promise<boolean> {
  const mark = randomUUID();
  await owner.query("SELECT set_config('projostack.mark', $1, false)", [mark]);
  try {
    for (let round = 0; round < 3; round += 1) {
      if ((await withOwner(target, readMark)) === mark) return false;
      if ((await readMark(owner)) !== mark) return false;
    }
    return true;
  } finally {
    await owner.query("SELECT set_config('projostack.mark', '', false)");
  }
}

async function readMark(client: pg.ClientBase): Promise<string | null | undefined> {
  const { rows } = await client.query<{ mark: string | null }>(
    "SELECT current_setting('projostack.mark', true) AS mark",
  );
  return rows[0]?.mark;
}
