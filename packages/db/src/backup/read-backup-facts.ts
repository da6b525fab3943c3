// Reads, as the owner, what a database has of the roles and rights that a backup needs.
import type pg from "pg";
import { BACKUP_ROLE } from "../migrations/backup-rights.ts";

export interface BackupRoleFacts {
  readonly canLogIn: boolean;
  readonly isExpired: boolean;
  readonly bypassesRowSecurity: boolean;
  /** Attributes that no role for backups needs, as ALTER ROLE names them. */
  readonly unsafeAttributes: readonly string[];
  /** The roles of which it is a direct member, other than projo_backup. */
  readonly parents: readonly string[];
  readonly mayConnect: boolean;
}

export interface BackupFacts {
  readonly database: string;
  readonly owner: string;
  readonly owners: readonly string[];
  readonly versionNumber: number;
  readonly isMigrated: boolean;
  /** Whether the connection's role owns the tables. */
  readonly ownsTables: boolean;
  /** projo_backup; null if it does not exist. */
  readonly role: BackupRoleFacts | null;
  /** The login; null if it does not exist. */
  readonly login: BackupRoleFacts | null;
  readonly loginActsAsBackup: boolean;
  /** Other roles that can act as projo_backup and have rights of ProjoStack: its roles and logins. */
  readonly otherHolders: readonly string[];
  /** Whether the owner has the rights of projo_backup without switching to it, so that policies of projo_backup apply to it. */
  readonly ownerInherits: boolean;
  readonly mayUseSchema: boolean;
  /** Tables and sequences that projo_backup may not read. */
  readonly unreadable: readonly string[];
  /** Tables that projo_backup may change. */
  readonly changeable: readonly string[];
  /** Tables with row-level security and without the policy of projo_backup. */
  readonly withoutPolicy: readonly string[];
  /** Tables with the policy of projo_backup. */
  readonly withPolicy: readonly string[];
  readonly mayHashEntries: boolean;
}

const roleFacts = (where: string): string => `(
  SELECT json_build_object(
    'canLogIn', r.rolcanlogin, 'isExpired', coalesce(r.rolvaliduntil < now(), false),
    'bypassesRowSecurity', r.rolbypassrls OR r.rolsuper,
    'unsafeAttributes', array_remove(ARRAY[
       CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
       CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END], NULL),
    'parents', ARRAY(SELECT p.rolname::text FROM pg_auth_members m JOIN pg_roles p ON p.oid = m.roleid
                      WHERE m.member = r.oid AND p.rolname <> '${BACKUP_ROLE}' ORDER BY 1),
    'mayConnect', has_database_privilege(r.oid, current_database(), 'CONNECT'))
    FROM pg_roles r WHERE ${where})`;

// The argument SET of pg_has_role exists since PostgreSQL 16: a membership can exclude SET ROLE since then.
const FACTS = `
  WITH backup AS (SELECT to_regrole('${BACKUP_ROLE}')::oid AS oid, CASE WHEN current_setting('server_version_num')::int >= 160000
                    THEN 'SET' ELSE 'MEMBER' END AS switching),
  relations AS (
    SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relrowsecurity AS filters, c.relowner,
           EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'backup' AND p.polpermissive AND p.polcmd = 'r'
                      AND p.polroles = ARRAY[backup.oid] AND pg_get_expr(p.polqual, c.oid) = 'true') AS has_policy
      FROM pg_class c, backup
     WHERE c.relnamespace = to_regnamespace('public') AND c.relkind IN ('r', 'p', 'S'))
  SELECT json_build_object(
    'database', current_database(), 'owner', current_user, 'versionNumber', current_setting('server_version_num')::int,
    'owners', (SELECT json_agg(rolname) FROM pg_roles
                WHERE oid = 10 OR rolname IN (current_user, session_user)
                   OR oid = (SELECT datdba FROM pg_database WHERE datname = current_database())),
    'isMigrated', to_regclass('public.workspaces') IS NOT NULL,
    'ownsTables', coalesce((SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM relations), false),
    'role', ${roleFacts(`r.oid = backup.oid`)},
    'login', ${roleFacts("r.rolname = $1")},
    'loginActsAsBackup', coalesce((SELECT pg_has_role(r.oid, backup.oid, backup.switching) FROM pg_roles r WHERE r.rolname = $1), false),
    'otherHolders', ARRAY(
       SELECT r.rolname::text FROM pg_roles r
        WHERE backup.oid IS NOT NULL AND r.oid <> backup.oid AND r.rolname <> $1 AND NOT r.rolsuper
          AND pg_has_role(r.oid, backup.oid, 'MEMBER')
          AND (r.rolname IN ('projo_tenant', 'projo_system', 'projo_operator')
               OR EXISTS (SELECT FROM pg_roles g WHERE g.rolname IN ('projo_tenant', 'projo_system') AND r.rolcanlogin
                             AND NOT r.rolcreaterole AND pg_has_role(r.oid, g.oid, 'MEMBER')))
        ORDER BY 1),
    'ownerInherits', coalesce((SELECT NOT o.rolsuper AND pg_has_role(o.oid, backup.oid, 'USAGE')
                                 FROM pg_roles o WHERE o.rolname = current_user), false),
    'mayUseSchema', coalesce(has_schema_privilege(backup.oid, to_regnamespace('public')::oid, 'USAGE'), false),
    'unreadable', ARRAY(SELECT name FROM relations WHERE NOT has_table_privilege(backup.oid, oid, 'SELECT') ORDER BY 1),
    'changeable', ARRAY(SELECT name FROM relations WHERE relkind <> 'S'
                           AND has_table_privilege(backup.oid, oid, 'INSERT, UPDATE, DELETE, TRUNCATE') ORDER BY 1),
    'withoutPolicy', ARRAY(SELECT name FROM relations WHERE filters AND NOT has_policy ORDER BY 1),
    'withPolicy', ARRAY(SELECT name FROM relations WHERE has_policy ORDER BY 1),
    'mayHashEntries', coalesce((SELECT bool_and(has_function_privilege(backup.oid, p.oid, 'EXECUTE')) FROM pg_proc p
                                 WHERE p.pronamespace = to_regnamespace('public') AND p.proname = 'projo_audit_text'), false)
  ) AS facts FROM backup`;

/** @param owner a connection of the role that owns the tables @param login the name of the login for backups */
export async function readBackupFacts(owner: pg.ClientBase, login: string): Promise<BackupFacts> {
  const { rows } = await owner.query<{ facts: BackupFacts }>(FACTS, [login]);
  const [row] = rows;
  if (!row) throw new Error("PostgreSQL did not return the rights of the backup role.");
  return row.facts;
}
