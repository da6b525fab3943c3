// Applies a migration to an empty database and measures, from PostgreSQL's own catalogues, the locks that each statement takes on
// the tables that existed before, the tables that it rewrites or reads, and what the migration removes.
import type pg from "pg";
import { concurrentStatements, type ConcurrentStatement } from "../../src/migrations/concurrent-migration.ts";
import { type LockMode, lockModes, stronger } from "../../src/migrations/plan/lock-modes.ts";
import type { MeasuredMigration, MeasuredStatement } from "../../src/migrations/plan/measured-migration.ts";
import type { Migration } from "../../src/migrations/read-migrations.ts";
import { briefStatement, splitStatements } from "../../src/migrations/split-statements.ts";

/** Applies the migration and measures it. It does not record the migration. */
export async function measureMigration(
  owner: pg.ClientBase,
  migration: Migration,
): Promise<MeasuredMigration> {
  const before = await describedObjects(owner);
  const concurrent = concurrentStatements(migration);
  const statements =
    concurrent === null
      ? await measureInTransaction(owner, splitStatements(migration.sql))
      : await Promise.all(concurrent.map((one) => measureConcurrent(owner, one)));
  const after = new Set(await describedObjects(owner));
  return { statements, removes: before.filter((object) => !after.has(object)) };
}

async function measureInTransaction(
  owner: pg.ClientBase,
  statements: readonly string[],
): Promise<MeasuredStatement[]> {
  const tables = await tableNames(owner);
  const measured: MeasuredStatement[] = [];
  await owner.query("BEGIN");
  let earlier = await stateOf(owner, tables);
  for (const statement of statements) {
    await owner.query(statement);
    const later = await stateOf(owner, tables);
    measured.push({
      statement: briefStatement(statement),
      locks: newLocks(earlier.locks, later.locks),
      rewrites: [...tables.values()].filter((table) => changed(table, earlier.files, later.files)),
      reads: [...tables.values()].filter((table) => (later.reads[table] ?? 0) > (earlier.reads[table] ?? 0)),
      builds: Object.fromEntries(
        Object.entries(later.indexes).filter(([index]) => !(index in earlier.indexes)),
      ),
    });
    earlier = later;
  }
  await owner.query("COMMIT");
  return measured;
}

/** Building an index concurrently takes one lock, which blocks no call, and PostgreSQL takes it for the same reason each time. */
async function measureConcurrent(
  owner: pg.ClientBase,
  { kind, index, table, sql }: ConcurrentStatement,
): Promise<MeasuredStatement> {
  const { rows } = await owner.query<{ table: string }>(
    "SELECT indrelid::regclass::text AS table FROM pg_index WHERE indexrelid = to_regclass('public.' || quote_ident($1))",
    [index],
  );
  const locked = table ?? rows[0]?.table ?? "";
  await owner.query(sql);
  return {
    statement: briefStatement(sql),
    locks: { [locked]: "SHARE UPDATE EXCLUSIVE" },
    rewrites: [],
    reads: kind === "create" ? [locked] : [],
    builds: kind === "create" ? { [index]: locked } : {},
  };
}

/** The tables before the migration, by their object id. */
async function tableNames(owner: pg.ClientBase): Promise<Map<string, string>> {
  const { rows } = await owner.query<{ oid: string; name: string }>(
    `SELECT oid::text, relname::text AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 2`,
  );
  return new Map(rows.map(({ oid, name }) => [oid, name]));
}

interface State {
  /** The strongest lock of each table. */
  readonly locks: Readonly<Record<string, LockMode>>;
  readonly files: Readonly<Record<string, number>>;
  /** How often each table was read. */
  readonly reads: Readonly<Record<string, number>>;
  /** The tables of the indexes. */
  readonly indexes: Readonly<Record<string, string>>;
}

const LOCKS = `SELECT relation::text AS oid, mode FROM pg_locks WHERE locktype = 'relation' AND pid = pg_backend_pid() AND granted`;
const FILES = `SELECT oid::text, relfilenode::int AS file FROM pg_class WHERE relnamespace = 'public'::regnamespace`;
const READS = `SELECT relid::text AS oid, (seq_scan + coalesce(idx_scan, 0))::int AS reads FROM pg_stat_xact_user_tables`;
const INDEXES = `SELECT c.relname::text AS index, i.indrelid::text AS oid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid ORDER BY 1`;

async function stateOf(owner: pg.ClientBase, tables: ReadonlyMap<string, string>): Promise<State> {
  const ask = async <R extends { oid: string }>(text: string) =>
    (await owner.query<R>(text)).rows.flatMap((row) => {
      const table = tables.get(row.oid);
      return table === undefined ? [] : [{ ...row, table }];
    });
  const locks: Record<string, LockMode> = {};
  for (const { table, mode } of await ask<{ oid: string; mode: string }>(LOCKS)) {
    locks[table] = stronger(locks[table] ?? "ACCESS SHARE", modeOf(mode));
  }
  const files = await ask<{ oid: string; file: number }>(FILES);
  const reads = await ask<{ oid: string; reads: number }>(READS);
  const indexes = await ask<{ oid: string; index: string }>(INDEXES);
  return {
    locks,
    files: Object.fromEntries(files.map(({ table, file }) => [table, file])),
    reads: Object.fromEntries(reads.map((row) => [row.table, row.reads])),
    indexes: Object.fromEntries(indexes.map(({ table, index }) => [index, table])),
  };
}

/** `ShareUpdateExclusiveLock` is SHARE UPDATE EXCLUSIVE. */
function modeOf(name: string): LockMode {
  const words = name
    .replace(/Lock$/, "")
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toUpperCase();
  const mode = lockModes.find((one) => one === words);
  if (mode === undefined) throw new Error(`PostgreSQL has a lock mode that is not known here: ${name}`);
  return mode;
}

const newLocks = (earlier: State["locks"], later: State["locks"]): Record<string, LockMode> =>
  Object.fromEntries(
    Object.entries(later)
      .filter(([table, mode]) => earlier[table] !== mode)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

const changed = (table: string, earlier: State["files"], later: State["files"]): boolean =>
  later[table] !== undefined && later[table] !== earlier[table];

// The objects that a build can use, each as a line that differs if a build would notice: a column with its type, a function with its
// arguments and result, the right of a role.
const OBJECTS = `
  WITH relations AS (
    SELECT oid, relname::text AS name, relkind, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace
  ), columns AS (
    SELECT r.name || '.' || a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, a.atthasdef, a.attacl
      FROM relations AS r JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE r.relkind IN ('r', 'p', 'v')
  ), functions AS (
    SELECT 'function ' || oid::regprocedure::text AS name, pg_get_function_result(oid) AS result, proacl
      FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  ), rights AS (
    SELECT name, acl.* FROM (
      SELECT 'table ' || name AS name, relacl AS list FROM relations
      UNION ALL SELECT 'column ' || name, attacl FROM columns
      UNION ALL SELECT name, coalesce(proacl, acldefault('f', 10)) FROM functions
    ) AS granted, aclexplode(granted.list) AS acl
  )
  SELECT 'table ' || name AS object FROM relations WHERE relkind IN ('r', 'p', 'v')
  UNION ALL SELECT 'index ' || name FROM relations WHERE relkind = 'i'
  UNION ALL SELECT 'column ' || name || ' of type ' || type FROM columns
  UNION ALL SELECT 'column ' || name || ' may be null' FROM columns WHERE NOT attnotnull
  UNION ALL SELECT 'default of ' || name FROM columns WHERE atthasdef
  UNION ALL SELECT name || ' returning ' || coalesce(result, 'nothing') FROM functions
  UNION ALL SELECT 'right of ' || coalesce(pg_roles.rolname, 'PUBLIC') || ': ' || privilege_type || ' on ' || name
    FROM rights LEFT JOIN pg_roles ON pg_roles.oid = grantee
   WHERE grantee = 0 OR pg_roles.rolname IN ('projo_tenant', 'projo_system', 'projo_operator')
   ORDER BY 1`;

const describedObjects = async (owner: pg.ClientBase): Promise<string[]> =>
  (await owner.query<{ object: string }>(OBJECTS)).rows.map(({ object }) => object);
