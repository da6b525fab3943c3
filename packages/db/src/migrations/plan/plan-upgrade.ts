import type pg from "pg";
import { historyProblem, readHistory, unoccupiedProblem } from "../history.ts";
import { type Migration, readMigrations } from "../read-migrations.ts";
import { checkDeclarations, readRequired } from "../required-migrations.ts";
import { planMigrations, type PlannedMigration } from "./plan-migrations.ts";
import { planWarnings } from "./plan-warnings.ts";

export interface UpgradePlan {
  /** Why this build cannot migrate the database; null if it can. */
  readonly problem: string | null;
  /** The applied migrations that this build does not have. */
  readonly ahead: readonly string[];
  /** The migrations that would be applied. */
  readonly migrations: readonly PlannedMigration[];
  /** The migrations that would block calls for long. */
  readonly warnings: readonly string[];
}

/** Says what `migrate` would do. It changes nothing. */
export async function planUpgrade(
  owner: pg.ClientBase,
  migrations?: readonly Migration[],
): Promise<UpgradePlan> {
  const ours = migrations ?? (await readMigrations());
  checkDeclarations(ours);
  const problem = await unoccupiedProblem(owner, ours);
  if (problem !== null) return { problem, ahead: [], migrations: [], warnings: [] };
  const { rows } = await owner.query("SELECT WHERE to_regclass('public._prisma_migrations') IS NOT NULL");
  const applied = rows.length === 0 ? new Map<string, never>() : await readHistory(owner);
  const names = new Set(ours.map(({ name }) => name));
  const missing = ours.filter(({ name }) => !applied.has(name));
  const pending = await planMigrations(owner, missing);
  return {
    problem: historyProblem(ours, applied, await readRequired(owner)),
    ahead: [...applied.keys()].filter((name) => !names.has(name)),
    migrations: pending,
    warnings: planWarnings(pending),
  };
}
