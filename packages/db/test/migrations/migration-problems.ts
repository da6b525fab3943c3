// The rules for migrations: docs/operating/upgrade.md explains each.
import { type Blocked, blockedBy } from "../../src/migrations/plan/lock-modes.ts";
import type { MeasuredMigration, MeasuredStatement } from "../../src/migrations/plan/measured-migration.ts";
import { concurrentStatements } from "../../src/migrations/concurrent-migration.ts";
import { declaredBy } from "../../src/migrations/required-migrations.ts";
import type { Migration } from "../../src/migrations/read-migrations.ts";

/** @returns what a migration must not do to a database that is in use, each with the fix */
export function migrationProblems(
  migration: Migration,
  { statements, removes }: MeasuredMigration,
): string[] {
  const problems = removes.length > 0 && declaredBy(migration).length === 0 ? [removalProblem(removes)] : [];
  if (concurrentStatements(migration) !== null) return problems;
  const held = new Map<string, Blocked>();
  for (const statement of statements) {
    for (const [table, mode] of Object.entries(statement.locks)) {
      if (blockedBy(mode) !== "no calls" && held.get(table) !== "reads and writes") {
        held.set(table, blockedBy(mode));
      }
    }
    problems.push(...statementProblems(statement, held));
  }
  return problems;
}

const removalProblem = (removes: readonly string[]): string =>
  `It removes ${removes.join(", ")}. Remove only what no supported build uses, and name the last migration of the oldest build that works without it, in a comment: -- serves-from: <migration>`;

function statementProblems(
  { statement, rewrites, reads, builds }: MeasuredStatement,
  held: ReadonlyMap<string, Blocked>,
): string[] {
  const built = Object.entries(builds).map(
    ([index, table]) =>
      `It builds the index ${index} while ${table} cannot be written. Write CREATE INDEX CONCURRENTLY "${index}" ON "${table}" in a migration of its own: ${statement}`,
  );
  const rewritten = rewrites.map(
    (table) =>
      `It rewrites ${table} while nobody can read it. Add a new column without a volatile default, and fill it in batches: ${statement}`,
  );
  const known = new Set([...Object.values(builds), ...rewrites]);
  const blocked = [...held].map(([table, blocks]) => `the ${blocks} of ${table}`).join(", ");
  const read = reads
    .filter((table) => !known.has(table) && blocked !== "")
    .map(
      (table) =>
        `It reads all rows of ${table} while it blocks ${blocked}. Add the constraint NOT VALID, and validate it in another migration; change rows in another migration than the table: ${statement}`,
    );
  return [...built, ...rewritten, ...read];
}
