// Applies Prisma's migrations without Prisma's schema engine, which would be a separate download. It uses the same files and
// the same table as `prisma migrate`, so both agree on the applied migrations.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { withoutForeignGrants } from "./foreign-grants.ts";
import { historyProblem, readHistory, unoccupiedProblem, type History } from "./history.ts";
import { MigrationError } from "./migration-error.ts";
import { useOwnSettings } from "./own-settings.ts";
import { readMigrations, type Migration } from "./read-migrations.ts";

export { MigrationError } from "./migration-error.ts";

// The key of the advisory lock that Prisma's schema engine takes, so that the two never run at the same time.
const LOCK = 72_707_369;

const TABLE = `CREATE TABLE public._prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/**
 * Applies the migrations that the database lacks. Several servers can call it at the same time: one applies the migrations
 * while the others wait.
 * @param owner a connection whose login owns the database
 * @param options.onWait called once if another session is applying migrations
 * @returns the names of the applied migrations
 * @throws MigrationError
 */
export async function migrate(
  owner: pg.ClientBase,
  migrations?: readonly Migration[],
  { onWait }: { readonly onWait?: (line: string) => void } = {},
): Promise<string[]> {
  const ours = migrations ?? (await readMigrations());
  await useOwnSettings(owner);
  await lock(owner, onWait);
  try {
    const conflict = await unoccupiedProblem(owner, ours);
    if (conflict !== null) throw new MigrationError(conflict);
    const applied = await historyOf(owner);
    const problem = historyProblem(ours, applied);
    if (problem !== null) throw new MigrationError(problem);
    const ran: string[] = [];
    for (const migration of ours) {
      if (applied.has(migration.name)) continue;
      await apply(owner, migration);
      ran.push(migration.name);
    }
    return ran;
  } finally {
    // A broken connection has released the lock already.
    await owner.query("SELECT pg_advisory_unlock($1)", [LOCK]).catch(() => {});
  }
}

async function historyOf(owner: pg.ClientBase): Promise<History> {
  const { rows } = await owner.query("SELECT WHERE to_regclass('public._prisma_migrations') IS NULL");
  if (rows.length > 0) await owner.query(`BEGIN;\n${withoutForeignGrants(TABLE)}\nCOMMIT;`);
  return readHistory(owner);
}

async function lock(owner: pg.ClientBase, onWait?: (line: string) => void): Promise<void> {
  const { rows } = await owner.query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1) AS taken", [LOCK]);
  if (rows[0]?.taken) return;
  onWait?.("Another session is migrating this database. Waiting until it has finished.");
  await owner.query("SELECT pg_advisory_lock($1)", [LOCK]);
}

async function apply(owner: pg.ClientBase, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID();
  // The migration and the row that records it are one message and one transaction.
  const record = `INSERT INTO public._prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
    VALUES ('${id}', '${checksum}', ${pg.escapeLiteral(name)}, clock_timestamp(), 1)`;
  try {
    await owner.query(`BEGIN;\n${withoutForeignGrants(sql)}\n;${record};\nCOMMIT;`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (!(error instanceof pg.DatabaseError) || error.severity === "FATAL") {
      throw new MigrationError(
        `The connection broke during the migration ${name} (${why}). Run the migration again: it continues where it stopped.`,
        { cause: error },
      );
    }
    await owner.query("ROLLBACK").catch(() => {});
    throw new MigrationError(`The migration ${name} failed and was undone: ${why}`, { cause: error });
  }
}
