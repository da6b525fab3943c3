import type pg from "pg";
import { readMigrationNames } from "./read-migrations.ts";
import { readRequired, tooOldProblem } from "./required-migrations.ts";

export interface MigrationState {
  /** The migrations of this build that the database lacks. */
  readonly missing: string[];
  /** The applied migrations that this build does not have: those of a newer build or of another program. */
  readonly unknown: string[];
  /** Why this build may not serve a database with unknown migrations; null if it may. */
  readonly refusal: string | null;
  /** The migrations that began and did not finish. */
  readonly unfinished: string[];
}

/** Compares the applied migrations with those of this build. It needs the owner's login and changes nothing. */
export async function migrationState(owner: Pick<pg.ClientBase, "query">): Promise<MigrationState> {
  const ours = await readMigrationNames();
  const { rows: tables } = await owner.query(
    "SELECT FROM pg_class WHERE oid = to_regclass('_prisma_migrations')",
  );
  if (tables.length === 0) return { missing: ours, unknown: [], refusal: null, unfinished: [] };
  const { rows } = await owner.query<{ name: string; isFinished: boolean }>(
    `SELECT migration_name AS name, finished_at IS NOT NULL AS "isFinished"
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY 1`,
  );
  const applied = new Set(rows.map(({ name }) => name));
  const unknown = [...applied].filter((name) => !ours.includes(name));
  const required = await readRequired(owner);
  return {
    missing: ours.filter((name) => !applied.has(name)),
    unknown,
    refusal: unknown.length === 0 ? null : refusalOf(required, ours),
    unfinished: rows.filter(({ isFinished }) => !isFinished).map(({ name }) => name),
  };
}

const refusalOf = (required: readonly string[] | null, ours: readonly string[]): string | null =>
  required === null
    ? "the database has migrations of another program. Correct the name of the database."
    : tooOldProblem(required, new Set(ours));
