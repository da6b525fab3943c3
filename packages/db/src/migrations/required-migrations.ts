// The oldest build that may serve a database. A migration that removes what older builds use declares a migration that a build
// must have, in a comment: `-- serves-from: 20261129090000_replaced_search_indexes`. The database keeps it.
import pg from "pg";
import { MigrationError } from "./migration-error.ts";
import type { Migration } from "./read-migrations.ts";

const DECLARATION = /^--\s*serves-from:(.*)$/gm;

/** The migrations that the migration declares as required. */
export function declaredBy({ sql }: Migration): string[] {
  return [...sql.matchAll(DECLARATION)].map(([, name = ""]) => name.trim());
}

/**
 * Checks the declarations of all migrations before any is applied.
 * @throws MigrationError
 */
export function checkDeclarations(ours: readonly Migration[]): void {
  for (const [place, migration] of ours.entries()) {
    const earlier = new Set(ours.slice(0, place).map(({ name }) => name));
    const unknown = declaredBy(migration).find((name) => !earlier.has(name));
    if (unknown === undefined) continue;
    throw new MigrationError(
      `The migration ${migration.name} declares "serves-from: ${unknown}", which names no earlier migration. Name the last migration of the oldest build that works with the new schema.`,
    );
  }
}

/** The statement that records what the migration declares; empty if it declares nothing. */
export function recordOf(migration: Migration): string {
  const rows = declaredBy(migration).map(
    (name) => `(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(migration.name)})`,
  );
  return rows.length === 0
    ? ""
    : `INSERT INTO public.required_migrations VALUES ${rows.join(", ")} ON CONFLICT DO NOTHING;`;
}

/** @returns the required migrations; null if the database is older than their table */
export async function readRequired(owner: Pick<pg.ClientBase, "query">): Promise<string[] | null> {
  const { rows: tables } = await owner.query(
    "SELECT FROM pg_class WHERE oid = to_regclass('public.required_migrations')",
  );
  if (tables.length === 0) return null;
  const { rows } = await owner.query<{ migration: string }>(
    "SELECT migration FROM public.required_migrations ORDER BY 1",
  );
  return rows.map(({ migration }) => migration);
}

/** @returns why a build that lacks these required migrations may not serve the database; null if it lacks none */
export function tooOldProblem(required: readonly string[], ours: ReadonlySet<string>): string | null {
  const lacking = required.filter((name) => !ours.has(name));
  return lacking.length === 0
    ? null
    : `This build is too old for the database: a later migration removed what builds without the migration ${lacking.join(", ")} use. Start a newer build (docs/operating/upgrade.md).`;
}
