// The rights of projo_backup, the role that reads every row for a backup. `backup-role` creates the role (docs/operating/backup.md).
import type pg from "pg";

export const BACKUP_ROLE = "projo_backup";

// The role reads a table only if it has the right to SELECT and row-level security shows it every row: either it has BYPASSRLS,
// or each table with row-level security has this policy. The names of the policies are the same, so that a dump can be read.
const GRANT_RIGHTS = `
DO $projo$
DECLARE
  found RECORD;
  has_policies CONSTANT BOOLEAN := EXISTS (
    SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
     WHERE c.relnamespace = 'public'::regnamespace AND p.polname = 'backup' AND p.polroles = ARRAY[to_regrole('${BACKUP_ROLE}')::oid]);
BEGIN
  -- Null if the role or the table does not exist.
  IF has_table_privilege(to_regrole('${BACKUP_ROLE}')::oid, to_regclass('public.workspaces')::oid, 'SELECT') IS NOT TRUE THEN
    RETURN;
  END IF;
  FOR found IN
    SELECT c.oid::regclass AS name, c.relkind, c.relrowsecurity AND c.relkind <> 'S' AND has_policies AND NOT EXISTS (
             SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'backup') AS lacks_policy,
           has_table_privilege(to_regrole('${BACKUP_ROLE}')::oid, c.oid, 'SELECT') AS is_readable
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S') AND pg_has_role(c.relowner, 'USAGE')
     ORDER BY c.relname
  LOOP
    IF NOT found.is_readable THEN
      EXECUTE format('GRANT SELECT ON %s TO ${BACKUP_ROLE}', found.name);
    END IF;
    IF found.lacks_policy THEN
      EXECUTE format('CREATE POLICY "backup" ON %s FOR SELECT TO ${BACKUP_ROLE} USING (true)', found.name);
    END IF;
  END LOOP;
END
$projo$`;

/**
 * Extends the rights of projo_backup to new tables, so that the next backup contains them. It does nothing in a database whose
 * tables the role may not read.
 * @param owner a connection of the role that owns the tables
 */
export async function keepBackupRights(owner: Pick<pg.ClientBase, "query">): Promise<void> {
  await owner.query(GRANT_RIGHTS);
}
