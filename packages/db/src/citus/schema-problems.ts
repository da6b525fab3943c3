// The rules of Citus for the tables that the layout distributes, checked in the catalogue of any PostgreSQL. The command that
// distributes the tables checks them first, and a test checks each migration.
import type pg from "pg";
import { DISTRIBUTED_TABLES_SQL } from "./distributed-tables.ts";

/** @returns what Citus would refuse or get wrong, one line each with the change to make */
export async function schemaProblems(connection: Pick<pg.ClientBase, "query">): Promise<string[]> {
  const { rows } = await connection.query<{ problem: string }>(
    `WITH tables AS (${DISTRIBUTED_TABLES_SQL})
     SELECT problem FROM (${RULES.join("\nUNION ALL\n")}) AS found ORDER BY problem`,
  );
  return rows.map(({ problem }) => problem);
}

/** True if the columns of a key contain workspace_id. */
const contains = (columns: string, table: string): string =>
  `EXISTS (SELECT FROM pg_attribute WHERE attrelid = ${table} AND attname = 'workspace_id' AND attnum = ANY (${columns}))`;

/** The nodes of a parsed expression that is a sub-select begin with this word. */
const SUBLINK = "'%{SUBLINK%'";

const RULES = [
  `SELECT format('The column workspace_id of %s must be UUID NOT NULL: it decides on which worker a row is.', t.name) AS problem
     FROM tables AS t JOIN pg_attribute AS a ON a.attrelid = t.id AND a.attname = 'workspace_id'
    WHERE a.atttypid <> 'uuid'::regtype OR NOT a.attnotnull`,

  `SELECT format('%s has no primary key. Add PRIMARY KEY (workspace_id, id).', t.name)
     FROM tables AS t WHERE NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = t.id AND i.indisprimary)`,

  `SELECT format('The unique index %s of %s does not contain workspace_id. Citus enforces uniqueness only within a workspace.',
                 i.indexrelid::regclass, t.name)
     FROM tables AS t JOIN pg_index AS i ON i.indrelid = t.id
    WHERE i.indisunique AND NOT ${contains("(i.indkey::int2[])[0:i.indnkeyatts - 1]", "t.id")}`,

  `SELECT format('The exclusion constraint %s of %s does not compare workspace_id with =.', k.conname, t.name)
     FROM tables AS t JOIN pg_constraint AS k ON k.conrelid = t.id AND k.contype = 'x'
    WHERE NOT EXISTS (
      SELECT FROM unnest(k.conkey, k.conexclop) AS part (attnum, operator)
        JOIN pg_attribute AS a ON a.attrelid = t.id AND a.attnum = part.attnum AND a.attname = 'workspace_id'
        JOIN pg_operator AS o ON o.oid = part.operator AND o.oprname = '=')`,

  `SELECT format('The policy %s of %s contains a sub-select. Compare the column with current_setting(...) directly.', p.polname, t.name)
     FROM tables AS t JOIN pg_policy AS p ON p.polrelid = t.id
    WHERE p.polqual::text LIKE ${SUBLINK} OR p.polwithcheck::text LIKE ${SUBLINK}`,

  `SELECT format('The foreign key %s of %s does not pair workspace_id with the workspace_id of %s.', k.conname, t.name, o.name)
     FROM tables AS t JOIN pg_constraint AS k ON k.conrelid = t.id AND k.contype = 'f' JOIN tables AS o ON o.id = k.confrelid
    WHERE NOT EXISTS (
      SELECT FROM unnest(k.conkey, k.confkey) AS part (own, other)
        JOIN pg_attribute AS a ON a.attrelid = t.id AND a.attnum = part.own AND a.attname = 'workspace_id'
        JOIN pg_attribute AS b ON b.attrelid = o.id AND b.attnum = part.other AND b.attname = 'workspace_id')`,

  `SELECT format('The foreign key %s of %s changes workspace_id with the referenced row. Use ON UPDATE NO ACTION, and ON DELETE CASCADE, RESTRICT or NO ACTION.', k.conname, t.name)
     FROM tables AS t JOIN pg_constraint AS k ON k.conrelid = t.id AND k.contype = 'f'
    WHERE ${contains("k.conkey", "t.id")} AND (k.confupdtype NOT IN ('a', 'r') OR k.confdeltype NOT IN ('a', 'r', 'c'))`,

  // The layout drops these keys, because no shard can reference a table of the coordinator. It replaces the first kind by a
  // trigger, and the second kind prevents the deletion of a user, which no statement of the server deletes.
  `SELECT format('The foreign key %s of %s references %s, which stays on the coordinator. Only (workspace_id) REFERENCES workspaces ON DELETE CASCADE and a reference to users with ON DELETE RESTRICT are possible.', k.conname, t.name, k.confrelid::regclass)
     FROM tables AS t JOIN pg_constraint AS k ON k.conrelid = t.id AND k.contype = 'f'
    WHERE k.confrelid NOT IN (SELECT id FROM tables)
      AND NOT (k.confrelid = 'workspaces'::regclass AND k.confdeltype = 'c' AND cardinality(k.conkey) = 1 AND ${contains("k.conkey", "t.id")})
      AND NOT (k.confrelid = 'users'::regclass AND k.confdeltype IN ('a', 'r'))`,

  `SELECT format('The foreign key %s of %s references %s, which is distributed. A table of the coordinator cannot reference it.', k.conname, k.conrelid::regclass, t.name)
     FROM tables AS t JOIN pg_constraint AS k ON k.confrelid = t.id AND k.contype = 'f'
    WHERE k.conrelid NOT IN (SELECT id FROM tables)`,

  // The functions have the search path pg_catalog, so they name each table with its schema.
  `SELECT format('The trigger %s of %s calls %s, which names a table. On a worker it would see one shard. Let it use NEW and OLD only.', g.tgname, t.name, f.proname)
     FROM tables AS t JOIN pg_trigger AS g ON g.tgrelid = t.id AND NOT g.tgisinternal JOIN pg_proc AS f ON f.oid = g.tgfoid
    WHERE f.prosrc ~* '\\mpublic\\.' OR NOT coalesce(f.proconfig, '{}') @> array['search_path=pg_catalog, pg_temp']`,

  `SELECT format('The trigger %s of %s is a constraint trigger or has transition tables, which Citus refuses.', g.tgname, t.name)
     FROM tables AS t JOIN pg_trigger AS g ON g.tgrelid = t.id AND NOT g.tgisinternal
    WHERE g.tgconstraint <> 0 OR g.tgoldtable IS NOT NULL OR g.tgnewtable IS NOT NULL`,
];
