import type { Blocked } from "./lock-modes.ts";
import type { PlannedMigration, PlannedStatement } from "./plan-migrations.ts";

/** From this number of rows on, reading or writing a table takes longer than calls may wait. */
const MANY_ROWS = 100_000;

/** The migrations that would block calls while they read or write many rows, one line each. */
export function planWarnings(plan: readonly PlannedMigration[]): string[] {
  return plan.filter(({ isTransaction }) => isTransaction).flatMap(warningsOf);
}

function warningsOf(migration: PlannedMigration): string[] {
  const rowsOf = new Map(migration.tables.map(({ table, rows }) => [table, rows]));
  const held = new Map<string, Blocked>();
  const warnings: string[] = [];
  for (const statement of migration.statements) {
    for (const { table, blocks } of statement.locks) {
      if (blocks !== "no calls" && held.get(table) !== "reads and writes") held.set(table, blocks);
    }
    const long = workOf(statement).filter(({ table }) => (rowsOf.get(table) ?? 0) >= MANY_ROWS);
    const blocked = [...held].map(([table, blocks]) => `${blocks} of ${table}`);
    if (long.length === 0 || blocked.length === 0) continue;
    const work = long.map(({ does, table }) => `${does} (about ${Math.round(rowsOf.get(table) ?? 0)} rows)`);
    warnings.push(
      `The migration ${migration.name} ${work.join(" and ")}, and blocks the ${blocked.join(", the ")} meanwhile: ${statement.statement}`,
    );
  }
  return warnings;
}

function workOf({ rewrites, builds, reads }: PlannedStatement): { does: string; table: string }[] {
  const built = builds.map(({ index, table }) => ({ does: `builds the index ${index} of ${table}`, table }));
  const written = rewrites.map((table) => ({ does: `rewrites ${table}`, table }));
  const known = new Set([...built, ...written].map(({ table }) => table));
  const read = reads.filter((table) => !known.has(table)).map((table) => ({ does: `reads ${table}`, table }));
  return [...written, ...built, ...read];
}
