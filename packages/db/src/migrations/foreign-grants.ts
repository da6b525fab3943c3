// Default privileges (ALTER DEFAULT PRIVILEGES) can grant rights on each new table and function to roles of a service. Supabase
// grants them to the roles of its public web API. ProjoStack's rights must not depend on that.

// The objects that exist before the migration keep their grants: an operator may have granted rights for a report.
const BEFORE = `
SELECT set_config('projostack.before', coalesce(string_agg(oid::text, ' '), ''), true)
  FROM (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace) AS existing
 WHERE EXISTS (SELECT FROM pg_default_acl);`;

const AFTER = `
DO $projo$
DECLARE
  granted RECORD;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_default_acl) THEN
    RETURN;
  END IF;
  FOR granted IN
    SELECT DISTINCT object.kind, object.identity, grantee.rolname
      FROM (SELECT oid, relacl AS acl, oid::regclass::text AS identity,
                   CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, relowner AS owner
              FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
            UNION ALL
            SELECT oid, proacl, oid::regprocedure::text, 'ROUTINE', proowner
              FROM pg_proc WHERE pronamespace = 'public'::regnamespace) AS object,
           aclexplode(object.acl) AS entry LEFT JOIN pg_roles AS grantee ON grantee.oid = entry.grantee
     WHERE object.oid::text <> ALL (string_to_array(current_setting('projostack.before'), ' '))
       AND entry.grantee <> object.owner
       AND coalesce(grantee.rolname, 'PUBLIC') NOT IN ('projo_tenant', 'projo_system', 'projo_operator')
       -- PostgreSQL itself lets every role execute a new function. The migrations revoke that where it matters.
       AND NOT (object.kind = 'ROUTINE' AND grantee.rolname IS NULL)
  LOOP
    EXECUTE format('REVOKE ALL ON %s %s FROM %s', granted.kind, granted.identity,
                   coalesce(quote_ident(granted.rolname), 'PUBLIC'));
  END LOOP;
END
$projo$;`;

/** Adds statements that take the rights of all other roles from what the migration creates. @param sql the migration */
export const withoutForeignGrants = (sql: string): string => `${BEFORE}\n${sql}\n;${AFTER}`;
