// Reads, as the owner, what a database and its server already have of the roles and rights that ProjoStack needs.
import type pg from "pg";
import { GROUP_ROLES, type PreparedLogin } from "./database-roles.ts";

export interface RoleFacts {
  readonly name: string;
  readonly canLogIn: boolean;
  readonly isExpired: boolean;
  /** Attributes with which a role can bypass row-level security, as ALTER ROLE names them. */
  readonly unsafeAttributes: readonly string[];
  /** Roles of which it is a direct member, and which can bypass row-level security or have an operator's rights. */
  readonly unsafeParents: readonly string[];
  /** The group roles to which it can switch. */
  readonly actsAs: readonly string[];
  readonly mayConnect: boolean;
  readonly mayUseSchema: boolean;
}

export interface DatabaseFacts {
  readonly database: string;
  /** The role that will own the tables. */
  readonly owner: string;
  /** Roles that own the database or everything, and can therefore not be the login of a server. */
  readonly owners: readonly string[];
  readonly versionNumber: number;
  readonly hasSchema: boolean;
  readonly ownerMayCreate: boolean;
  readonly ownsSchema: boolean;
  /** Whether every role may create tables in the schema public. */
  readonly everyoneMayCreate: boolean;
  /** Whether every role may create temporary tables or schemas in the database. */
  readonly everyoneMayCreateInDatabase: boolean;
  readonly roles: readonly RoleFacts[];
}

// A role can act as each role of which it is a member, directly or not. The unsafe roles are those that `checkLogin` rejects.
// The argument SET of pg_has_role exists since PostgreSQL 16: a membership can exclude SET ROLE since then.
const FACTS = `
  WITH unsafe AS (
    SELECT oid, rolname FROM pg_roles
     WHERE rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication OR rolname = current_user
        OR rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'projo_operator', 'projo_backup')
        OR oid = (SELECT datdba FROM pg_database WHERE datname = current_database())
  ), schema AS (SELECT to_regnamespace('public')::oid AS oid)
  SELECT json_build_object(
    'database', current_database(),
    'owner', current_user,
    'owners', (SELECT json_agg(rolname) FROM pg_roles
                WHERE oid = 10 OR rolname IN (current_user, session_user)
                   OR oid = (SELECT datdba FROM pg_database WHERE datname = current_database())),
    'versionNumber', current_setting('server_version_num')::int,
    'hasSchema', schema.oid IS NOT NULL,
    'ownerMayCreate', coalesce(has_schema_privilege(schema.oid, 'CREATE') AND has_schema_privilege(schema.oid, 'USAGE'), false),
    'ownsSchema', coalesce((SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace n WHERE n.oid = schema.oid), false),
    'everyoneMayCreate', coalesce(has_schema_privilege('public', schema.oid, 'CREATE'), false),
    'everyoneMayCreateInDatabase', has_database_privilege('public', current_database(), 'CREATE')
                                OR has_database_privilege('public', current_database(), 'TEMPORARY'),
    'roles', (
      SELECT coalesce(json_agg(json_build_object(
        'name', r.rolname,
        'canLogIn', r.rolcanlogin,
        'isExpired', coalesce(r.rolvaliduntil < now(), false),
        'unsafeAttributes', array_remove(ARRAY[
           CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
           CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END], NULL),
        'unsafeParents', ARRAY(
           SELECT DISTINCT p.rolname::text FROM pg_auth_members m JOIN pg_roles p ON p.oid = m.roleid
            WHERE m.member = r.oid AND p.rolname NOT IN ('projo_tenant', 'projo_system')
              AND EXISTS (SELECT FROM unsafe u WHERE (u.oid = p.oid OR pg_has_role(p.oid, u.oid, 'MEMBER'))
                             AND NOT (u.rolname = 'projo_operator' AND r.rolname = ANY ($2)))
            ORDER BY 1),
        'actsAs', ARRAY(
           SELECT g.rolname::text FROM pg_roles g WHERE g.rolname = ANY ($3) AND g.oid <> r.oid
              AND pg_has_role(r.oid, g.oid,
                    CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)),
        'mayConnect', has_database_privilege(r.oid, current_database(), 'CONNECT'),
        'mayUseSchema', coalesce(has_schema_privilege(r.oid, schema.oid, 'USAGE'), false)
      )), '[]') FROM pg_roles r WHERE r.rolname = ANY ($1))
  ) AS facts FROM schema`;

/** @param owner a connection of the role that will own the tables */
export async function readFacts(
  owner: pg.ClientBase,
  logins: readonly PreparedLogin[],
): Promise<DatabaseFacts> {
  const names = [...GROUP_ROLES, ...logins.map(({ user }) => user)];
  const operators = logins.filter(({ roles }) => roles.includes("projo_operator")).map(({ user }) => user);
  const { rows } = await owner.query<{ facts: DatabaseFacts }>(FACTS, [
    names,
    [...operators, "projo_operator"],
    GROUP_ROLES,
  ]);
  const [row] = rows;
  if (!row) throw new Error("PostgreSQL did not return the roles.");
  return row.facts;
}
