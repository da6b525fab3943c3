import type { PlannedMigration, PlannedStatement, TableSize } from "./plan-migrations.ts";
import type { UpgradePlan } from "./plan-upgrade.ts";

/** The plan as text: a paragraph for each migration, and the warnings at the end. */
export function printPlan({ migrations, ahead, warnings }: UpgradePlan): string {
  const paragraphs = migrations.map(migrationText);
  if (ahead.length > 0) {
    paragraphs.push(
      `The database is ahead of this build: ${ahead.join(", ")}. This build may still serve it.`,
    );
  }
  if (migrations.length === 0) paragraphs.push("No migration is pending.");
  return `${[...paragraphs, ...warnings.map((warning) => `Warning: ${warning}`)].join("\n\n")}\n`;
}

function migrationText({
  name,
  isTransaction,
  isMeasured,
  servesFrom,
  statements,
  tables,
}: PlannedMigration): string {
  const how = isTransaction ? "one transaction" : "outside a transaction; calls continue";
  const locking = statements.filter((statement) => linesOf(statement, tables).length > 0);
  const others = statements.length - locking.length;
  return [
    `${name} (${how})`,
    ...servesFrom.map((required) => `  Afterwards, builds without ${required} refuse to start.`),
    ...(isMeasured ? [] : ["  Its locks were not measured. Run `pnpm generate:printed`."]),
    ...locking.flatMap((one) => [`  ${one.statement}`, ...linesOf(one, tables).map((line) => `    ${line}`)]),
    ...(others > 0
      ? [`  ${others} ${others === 1 ? "statement" : "statements"} without a lock on an existing table`]
      : []),
  ].join("\n");
}

function linesOf(
  { locks, rewrites, reads, builds }: PlannedStatement,
  tables: readonly TableSize[],
): string[] {
  // A table that an earlier migration of the plan creates has no rows.
  const size = (table: string) =>
    sizeOf(tables.find((one) => one.table === table) ?? { table, rows: 0, bytes: 0 });
  return [
    ...locks.map(({ table, mode, blocks }) => `locks ${table} ${size(table)}: ${mode}, blocks ${blocks}`),
    ...rewrites.map((table) => `rewrites ${table} ${size(table)}`),
    ...builds.map(({ index, table }) => `builds the index ${index} of ${table} ${size(table)}`),
    ...reads.map((table) => `reads all rows of ${table} ${size(table)}`),
  ];
}

const sizeOf = ({ rows, bytes }: TableSize): string =>
  `(about ${Math.round(rows)} rows, ${(bytes / 1_048_576).toFixed(1)} MB)`;
