import type pg from "pg";
import { concurrentStatements } from "../concurrent-migration.ts";
import type { Migration } from "../read-migrations.ts";
import { declaredBy } from "../required-migrations.ts";
import { briefStatement, splitStatements } from "../split-statements.ts";
import { blockedBy, type Blocked, type LockMode } from "./lock-modes.ts";
import type { MeasuredStatement } from "./measured-migration.ts";

export interface PlannedLock {
  readonly table: string;
  readonly mode: LockMode;
  /** The calls of servers that wait while the lock is held. */
  readonly blocks: Blocked;
}

export interface PlannedStatement {
  readonly statement: string;
  readonly locks: readonly PlannedLock[];
  readonly rewrites: readonly string[];
  readonly reads: readonly string[];
  readonly builds: readonly { readonly index: string; readonly table: string }[];
}

export interface PlannedMigration {
  readonly name: string;
  /** Whether it is one transaction, or builds indexes outside a transaction. */
  readonly isTransaction: boolean;
  /** Whether the locks were measured when the migration was written. If not, no statement lists any. */
  readonly isMeasured: boolean;
  /** The migrations that a build must have to serve the database afterwards. */
  readonly servesFrom: readonly string[];
  readonly statements: readonly PlannedStatement[];
  /** The sizes of the tables that it locks or reads, as PostgreSQL estimates them. */
  readonly tables: readonly TableSize[];
}

export interface TableSize {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
}

/** Says what the migrations would do to the tables of this database. It changes nothing and takes no lock on a table. */
export async function planMigrations(
  owner: Pick<pg.ClientBase, "query">,
  migrations: readonly Migration[],
): Promise<PlannedMigration[]> {
  if (migrations.length === 0) return [];
  const sizes = await tableSizes(owner);
  return migrations.map((migration) => {
    const statements = migration.measured?.statements.map(plannedOf) ?? unmeasured(migration);
    const named = new Set(statements.flatMap(tablesOf));
    return {
      name: migration.name,
      isTransaction: concurrentStatements(migration) === null,
      isMeasured: migration.measured !== undefined,
      servesFrom: declaredBy(migration),
      statements,
      tables: sizes.filter(({ table }) => named.has(table)),
    };
  });
}

const plannedOf = ({ statement, locks, rewrites, reads, builds }: MeasuredStatement): PlannedStatement => ({
  statement,
  locks: Object.entries(locks).map(([table, mode]) => ({ table, mode, blocks: blockedBy(mode) })),
  rewrites,
  reads,
  builds: Object.entries(builds).map(([index, table]) => ({ index, table })),
});

const unmeasured = ({ sql }: Migration): PlannedStatement[] =>
  splitStatements(sql).map((statement) => ({
    statement: briefStatement(statement),
    locks: [],
    rewrites: [],
    reads: [],
    builds: [],
  }));

const tablesOf = ({ locks, rewrites, reads, builds }: PlannedStatement): string[] => [
  ...locks.map(({ table }) => table),
  ...rewrites,
  ...reads,
  ...builds.map(({ table }) => table),
];

// pg_relation_size would wait for the lock of another migration, so the size is that of the last VACUUM or ANALYZE.
const SIZES = `
  SELECT c.relname::text AS table, greatest(c.reltuples, s.n_live_tup, 0)::float8 AS rows,
         ((c.relpages + coalesce(t.relpages, 0)) * current_setting('block_size')::float8) AS bytes
    FROM pg_class AS c LEFT JOIN pg_stat_user_tables AS s ON s.relid = c.oid
    LEFT JOIN pg_class AS t ON t.oid = c.reltoastrelid
   WHERE c.relnamespace = to_regnamespace('public') AND c.relkind IN ('r', 'p') ORDER BY 1`;

const tableSizes = async (owner: Pick<pg.ClientBase, "query">): Promise<TableSize[]> =>
  (await owner.query<TableSize>(SIZES)).rows;
