import type pg from "pg";

/** The login can bypass row-level security, has an operator's rights, or lacks a right that the program needs. */
export class UnsafeLogin extends Error {
  override readonly name = "UnsafeLogin";
}

interface Facts {
  login: string;
  bypassing: string[] | null;
  owning: string[] | null;
  tenant: boolean | null;
  system: boolean | null;
  operator: boolean | null;
  migrated: boolean;
}

// A login can become every role that it is a member of, so the query checks all of them. Before PostgreSQL 16, a role with
// CREATEROLE can become the owner; a role with REPLICATION can read every row; the pg_..._server_... roles can access the
// database's files; projo_backup reads every row, also where policies show it the rows. The login itself may have no right to the schema, which to_regclass requires. Since PostgreSQL 16, a membership can exclude SET ROLE, and such a login could not serve.
const FACTS = `
  WITH reach AS (
    SELECT oid, rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication OR rolname IN
             ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'projo_backup') AS bypasses,
           pg_has_role(session_user, oid, CASE WHEN current_setting('server_version_num')::int >= 160000
                                               THEN 'SET' ELSE 'MEMBER' END) AS switches
      FROM pg_roles
     WHERE rolname = session_user OR pg_has_role(session_user, oid, 'MEMBER')
  )
  SELECT session_user AS login,
         (SELECT array_agg(rolname::text) FROM reach WHERE bypasses) AS bypassing,
         (SELECT array_agg(owned.name ORDER BY owned.name) FROM (
             SELECT relname::text AS name, relowner AS owner FROM pg_class
              WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
             UNION SELECT proname, proowner FROM pg_proc WHERE pronamespace = 'public'::regnamespace
             UNION SELECT nspname, nspowner FROM pg_namespace WHERE nspname = 'public'
             UNION SELECT datname, datdba FROM pg_database WHERE datname = current_database()
           ) AS owned JOIN reach ON reach.oid = owned.owner) AS owning,
         (SELECT bool_or(rolname = 'projo_tenant' AND switches) FROM reach) AS tenant,
         (SELECT bool_or(rolname = 'projo_system' AND switches) FROM reach) AS system,
         (SELECT bool_or(rolname = 'projo_operator') FROM reach) AS operator,
         EXISTS (SELECT FROM pg_class WHERE relname = 'tasks' AND relnamespace = to_regnamespace('public')) AS migrated`;

/**
 * Checks that row-level security applies to the server's login, and that it is not an operator's login.
 * @throws UnsafeLogin with a message that says what to do
 */
export async function checkLogin(pool: pg.Pool): Promise<void> {
  const facts = await factsOf(pool);
  const problem = safetyProblem(facts) ?? serverProblem(facts);
  if (problem !== null) throw new UnsafeLogin(`The database login ${facts.login} ${problem}`);
}

/**
 * Checks that the operator program has the operator's login, and that row-level security applies to it.
 * @throws UnsafeLogin with a message that says what to do
 */
export async function checkOperatorLogin(pool: pg.Pool): Promise<void> {
  const facts = await factsOf(pool);
  const problem = safetyProblem(facts) ?? operatorProblem(facts);
  if (problem !== null) throw new UnsafeLogin(`The database login ${facts.login} ${problem}`);
}

async function factsOf(pool: pg.Pool): Promise<Facts> {
  const { rows } = await pool.query<Facts>(FACTS);
  const [facts] = rows;
  if (!facts) throw new UnsafeLogin("The database did not return the rights of the login.");
  return facts;
}

/** A problem of a login for any purpose. */
function safetyProblem({ bypassing, owning, migrated }: Facts): string | null {
  const instead = "Use a login that owns nothing: `projostack migrate` creates one (docs/database.md).";
  if (bypassing) {
    return `could bypass row-level security, as ${bypassing.join(", ")} can. ${instead}`;
  }
  if (!migrated) return "finds no tables. Run `projostack migrate` first (docs/database.md).";
  if (owning) return `owns ${owning.join(", ")}, and could disable their protection. ${instead}`;
  return null;
}

function serverProblem({ tenant, system, operator }: Facts): string | null {
  if (operator) {
    return "may act as projo_operator, which can erase users, so a server must not use it. Set DATABASE_URL to the server's own login: `projostack migrate` creates one (docs/database.md).";
  }
  if (!tenant || !system) {
    return "may not act as projo_tenant and projo_system. Run `projostack migrate` with this DATABASE_URL (docs/database.md).";
  }
  return null;
}

function operatorProblem({ tenant, system, operator }: Facts): string | null {
  return tenant && system && operator
    ? null
    : "is not an operator's. Run `projostack migrate` with this PROJO_OPERATOR_DATABASE_URL (docs/operations.md).";
}
