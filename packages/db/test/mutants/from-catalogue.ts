// The mutants of every table: its policies, foreign keys and triggers. They are read from the catalogue, so that a new table
// is included automatically.
import type { TestDatabase } from "../kit/index.ts";
import type { PlantedWorkspace } from "../kit/plant-workspace.ts";
import { inWorkspace, type SchemaAttack, type SchemaMutant } from "./schema-mutant.ts";

export interface Workspaces {
  readonly home: PlantedWorkspace;
  readonly foreign: PlantedWorkspace;
}

export async function fromCatalogue(
  { owner }: TestDatabase,
  workspaces: Workspaces,
): Promise<SchemaMutant[]> {
  const tables = await owner<TenantTable>(TENANT_TABLES);
  const policies = await owner<Policy>(POLICIES);
  const keys = await owner<CompositeKey>(COMPOSITE_KEYS);
  const triggers = await owner<Trigger>(TRIGGERS);
  return [
    ...tables.flatMap((table) => ofTable(table, workspaces)),
    ...policies.map(ofPolicy),
    ...keys.map((key) => ofKey(key, workspaces)),
    ...triggers.flatMap(ofTrigger),
  ];
}

interface TenantTable extends Record<string, unknown> {
  readonly name: string;
  /** The column that names the workspace. */
  readonly key: string;
  readonly updates: boolean;
}

const TENANT_TABLES = `
  SELECT c.relname AS name,
         CASE c.relname WHEN 'workspaces' THEN 'id' ELSE (
           SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attname LIKE '%workspace_id' LIMIT 1) END AS key,
         has_table_privilege('projo_tenant', c.oid, 'UPDATE') AS updates
    FROM pg_class AS c JOIN pg_policy AS p ON p.polrelid = c.oid AND p.polname = 'tenant'
   ORDER BY c.relname`;

function ofTable({ name, key, updates }: TenantTable, { home, foreign }: Workspaces): SchemaMutant[] {
  const enter = inWorkspace(home.id);
  const read: SchemaAttack = {
    says: `a workspace reads ${name} of another`,
    enter,
    sql: `SELECT FROM ${name} WHERE ${key} = '${foreign.id}'`,
  };
  const inNone: SchemaAttack = {
    says: `a transaction without a workspace reads ${name}`,
    enter: "SET LOCAL ROLE projo_tenant",
    sql: `SELECT FROM ${name} WHERE ${key} IS NOT NULL`,
  };
  // Replica mode disables foreign keys and triggers, so that only the policy can refuse the change.
  const move: SchemaAttack = {
    says: `a row of ${name} changes its workspace`,
    enter: `SET LOCAL session_replication_role = replica; ${enter}`,
    sql: `UPDATE ${name} SET ${key} = gen_random_uuid()`,
  };
  const plainOwner: SchemaAttack = {
    says: `an ordinary role that owns ${name} reads every row`,
    arrange: `CREATE ROLE projo_plain_owner; GRANT USAGE, CREATE ON SCHEMA public TO projo_plain_owner;
              ALTER TABLE ${name} OWNER TO projo_plain_owner`,
    enter: "SET LOCAL ROLE projo_plain_owner",
    sql: `SELECT FROM ${name}`,
  };
  const alter = `ALTER TABLE ${name}`;
  const policy = `ALTER POLICY tenant ON ${name}`;
  const own = "nullif(current_setting('app.workspace_id', true), '')::uuid";
  const moves = updates ? [move] : [];
  return [
    {
      says: `${name}: USING of its policy`,
      sql: `${policy} USING (true) WITH CHECK (${key} = ${own})`,
      works: [read, inNone],
      refused: [...moves, plainOwner],
    },
    ...moves.map((works) => ({
      says: `${name}: WITH CHECK of its policy`,
      sql: `${policy} WITH CHECK (true)`,
      works: [works],
      refused: [read, inNone],
    })),
    {
      says: `${name}: ENABLE ROW LEVEL SECURITY`,
      sql: `${alter} DISABLE ROW LEVEL SECURITY`,
      works: [read, inNone],
    },
    {
      says: `${name}: FORCE ROW LEVEL SECURITY`,
      sql: `${alter} NO FORCE ROW LEVEL SECURITY`,
      works: [plainOwner],
      refused: [read, inNone],
    },
  ];
}

interface Policy extends Record<string, unknown> {
  readonly name: string;
  readonly table: string;
  readonly role: string;
  readonly command: string;
  /** A column that the role may update. */
  readonly column: string | null;
}

const POLICIES = `
  SELECT p.polname AS name, c.relname AS table, r.rolname AS role, p.polcmd AS command,
         (SELECT attname FROM pg_attribute AS a
           WHERE attrelid = c.oid AND attnum > 0 AND has_column_privilege(r.oid, c.oid, attnum, 'UPDATE') LIMIT 1) AS column
    FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid JOIN pg_roles AS r ON r.oid = ANY (p.polroles)
   WHERE p.polname <> 'tenant' AND r.rolname IN ('projo_tenant', 'projo_system')
     AND pg_get_expr(p.polqual, p.polrelid) <> 'true'
   ORDER BY c.relname, p.polname`;

function ofPolicy({ name, table, role, command, column }: Policy): SchemaMutant {
  const writes = command === "w";
  const attack: SchemaAttack = {
    says: `${role} ${writes ? "changes" : "reads"} rows of ${table} that the caller did not name (${name})`,
    enter: `SET LOCAL ROLE ${role}`,
    sql: writes ? `UPDATE ${table} SET ${column} = NULL` : `SELECT FROM ${table}`,
  };
  return {
    says: `${table}: the policy ${name}`,
    sql: `ALTER POLICY ${name} ON ${table} USING (true)`,
    works: [attack],
  };
}

interface CompositeKey extends Record<string, unknown> {
  readonly name: string;
  readonly child: string;
  readonly parent: string;
  readonly key: string;
  readonly column: string;
}

const COMPOSITE_KEYS = `
  SELECT k.conname AS name, k.conrelid::regclass::text AS child, k.confrelid::regclass::text AS parent,
         (SELECT attname FROM pg_attribute WHERE attrelid = k.conrelid AND attnum = k.conkey[1]) AS key,
         (SELECT attname FROM pg_attribute WHERE attrelid = k.conrelid AND attnum = k.conkey[2]) AS column
    FROM pg_constraint AS k WHERE k.contype = 'f' AND cardinality(k.conkey) = 2 AND k.connamespace = 'public'::regnamespace
   ORDER BY k.conname`;

function ofKey(
  { name, child, parent, key, column }: CompositeKey,
  { home, foreign }: Workspaces,
): SchemaMutant {
  const foreignReference: SchemaAttack = {
    says: `a row of ${child} references a row of ${parent} in another workspace`,
    enter: "",
    sql: `UPDATE ${child} SET ${column} = (SELECT id FROM ${parent} WHERE workspace_id = '${foreign.id}')
           WHERE ${key} = '${home.id}'`,
  };
  return {
    says: `${child}: the workspace in its foreign key to ${parent}`,
    sql: `ALTER TABLE ${child} DROP CONSTRAINT ${name}; ALTER TABLE ${parent} ADD UNIQUE (id);
          ALTER TABLE ${child} ADD FOREIGN KEY (${column}) REFERENCES ${parent} (id)`,
    works: [foreignReference],
  };
}

interface Trigger extends Record<string, unknown> {
  readonly name: string;
  readonly table: string;
  readonly on: "UPDATE" | "DELETE" | "TRUNCATE";
}

const TRIGGERS = `
  SELECT t.tgname AS name, c.relname AS table,
         CASE WHEN t.tgtype & 8 > 0 THEN 'DELETE' WHEN t.tgtype & 16 > 0 THEN 'UPDATE' ELSE 'TRUNCATE' END AS on
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
   WHERE NOT t.tgisinternal AND t.tgfoid = 'projo_refuse_change'::regproc ORDER BY c.relname, t.tgname`;

function ofTrigger({ name, table, on }: Trigger): SchemaMutant[] {
  const column = table === "account_events" ? "action = 'forged'" : "hash = sha256('forged')";
  const sql = {
    UPDATE: `UPDATE ${table} SET ${column}`,
    DELETE: `DELETE FROM ${table}`,
    TRUNCATE: `TRUNCATE ${table}`,
  }[on];
  const asOwner: SchemaAttack = { says: `the owner runs ${on} on ${table}`, enter: "", sql };
  const replaying: SchemaAttack = {
    says: `the owner runs ${on} on ${table} in replica mode`,
    enter: "SET LOCAL session_replication_role = replica",
    sql,
  };
  return [
    {
      says: `${table}: the trigger ${name}`,
      sql: `ALTER TABLE ${table} DISABLE TRIGGER ${name}`,
      works: [asOwner, replaying],
    },
    {
      says: `${table}: ALWAYS of the trigger ${name}`,
      sql: `ALTER TABLE ${table} ENABLE TRIGGER ${name}`,
      works: [replaying],
      refused: [asOwner],
    },
  ];
}
