// Applies Prisma's migrations without Prisma's schema engine, which would be a separate download. It uses the same files and
// the same table as `prisma migrate`, so both agree on the applied migrations.
import type pg from "pg";
import { applyMigration } from "./apply-migration.ts";
import { keepBackupRights } from "./backup-rights.ts";
import { withoutForeignGrants } from "./foreign-grants.ts";
import { historyProblem, readHistory, unoccupiedProblem, type History } from "./history.ts";
import { MigrationError } from "./migration-error.ts";
import { withMigrationLock } from "./migration-lock.ts";
import { useOwnSettings } from "./own-settings.ts";
import { planMigrations } from "./plan/plan-migrations.ts";
import { planWarnings } from "./plan/plan-warnings.ts";
import { readMigrations, type Migration } from "./read-migrations.ts";
import { checkDeclarations, readRequired } from "./required-migrations.ts";

export { MigrationError } from "./migration-error.ts";

const TABLE = `CREATE TABLE public._prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/** The time in which a migration tries to get its locks, unless an operator chooses another. */
export const LOCK_WAIT_SECONDS = 300;

export interface MigrateOptions {
  /** Reports that another session is migrating, that a lock is not available, or that a migration may block calls for long. */
  readonly note?: (line: string) => void;
  /** The time in which a migration tries to get its locks while other sessions hold them. */
  readonly lockWaitSeconds?: number;
}

/**
 * Applies the migrations that the database lacks. Several servers can call it at the same time: one applies the migrations
 * while the others wait. A database that is ahead of this build is left as it is, if this build may serve it.
 * @param owner a connection whose login owns the database
 * @returns the names of the applied migrations
 * @throws MigrationError
 */
export async function migrate(
  owner: pg.ClientBase,
  migrations?: readonly Migration[],
  { note = () => {}, lockWaitSeconds = LOCK_WAIT_SECONDS }: MigrateOptions = {},
): Promise<string[]> {
  const ours = migrations ?? (await readMigrations());
  checkDeclarations(ours);
  await useOwnSettings(owner);
  return withMigrationLock(owner, () => applyMissing(owner, ours, { note, lockWaitSeconds }), note);
}

async function applyMissing(
  owner: pg.ClientBase,
  ours: readonly Migration[],
  options: Required<MigrateOptions>,
): Promise<string[]> {
  const conflict = await unoccupiedProblem(owner, ours);
  if (conflict !== null) throw new MigrationError(conflict);
  const applied = await historyOf(owner);
  const problem = historyProblem(ours, applied, await readRequired(owner));
  if (problem !== null) throw new MigrationError(problem);
  const missing = ours.filter(({ name }) => !applied.has(name));
  for (const warning of planWarnings(await planMigrations(owner, missing))) options.note(warning);
  for (const migration of missing) await applyMigration(owner, migration, options);
  if (missing.length > 0) await keepBackupRights(owner);
  return missing.map(({ name }) => name);
}

async function historyOf(owner: pg.ClientBase): Promise<History> {
  const { rows } = await owner.query("SELECT WHERE to_regclass('public._prisma_migrations') IS NULL");
  if (rows.length > 0) await owner.query(`BEGIN;\n${withoutForeignGrants(TABLE)}\nCOMMIT;`);
  return readHistory(owner);
}
