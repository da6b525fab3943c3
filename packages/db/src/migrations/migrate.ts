// Applies Prisma's migrations without Prisma's schema engine, which would be a separate download. It uses the same files and
// the same table as `prisma migrate`, so both agree on the applied migrations.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { readMigrations, type Migration } from "./read-migrations.ts";

/** The database's migrations contradict those of this build, or a migration failed. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

interface Applied {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

// The key of the advisory lock that Prisma's schema engine takes, so that the two never run at the same time.
const LOCK = 72_707_369;

const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/**
 * Applies the migrations that the database lacks. Several servers can call it at the same time: one applies the migrations
 * while the others wait.
 * @param owner a connection whose login owns the database
 * @returns the names of the applied migrations
 * @throws MigrationError
 */
export async function migrate(owner: pg.ClientBase, migrations?: readonly Migration[]): Promise<string[]> {
  const ours = migrations ?? (await readMigrations());
  await owner.query("SELECT pg_advisory_lock($1)", [LOCK]);
  try {
    await owner.query(TABLE);
    const applied = await readApplied(owner);
    requireConsistent(ours, applied);
    const ran: string[] = [];
    for (const migration of ours) {
      if (applied.has(migration.name)) continue;
      await apply(owner, migration);
      ran.push(migration.name);
    }
    return ran;
  } finally {
    await owner.query("SELECT pg_advisory_unlock($1)", [LOCK]);
  }
}

async function readApplied(owner: pg.ClientBase): Promise<Map<string, Applied>> {
  const { rows } = await owner.query<Applied>(
    "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
  );
  return new Map(rows.map((row) => [row.migration_name, row]));
}

function requireConsistent(ours: readonly Migration[], applied: ReadonlyMap<string, Applied>): void {
  for (const [name, { finished_at }] of applied) {
    if (finished_at === null) {
      throw new MigrationError(
        `The migration ${name} failed halfway. Repair the database, then delete its row from _prisma_migrations.`,
      );
    }
  }
  for (const { name, checksum } of ours) {
    const known = applied.get(name);
    if (known && known.checksum !== checksum) {
      throw new MigrationError(
        `The migration ${name} was edited after it was applied. Restore its file and write a new migration.`,
      );
    }
  }
  const names = new Set(ours.map(({ name }) => name));
  const ahead = [...applied.keys()].filter((name) => !names.has(name));
  if (ahead.length > 0) {
    throw new MigrationError(
      `The database is ahead of this build (${ahead.join(", ")}). Start a newer build.`,
    );
  }
}

async function apply(owner: pg.ClientBase, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID();
  // The migration and the row that records it are one message and one transaction.
  const record = `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
    VALUES ('${id}', '${checksum}', ${pg.escapeLiteral(name)}, clock_timestamp(), 1)`;
  try {
    await owner.query(`BEGIN;\n${sql}\n;${record};\nCOMMIT;`);
  } catch (error) {
    await owner.query("ROLLBACK");
    const why = error instanceof Error ? error.message : String(error);
    throw new MigrationError(`The migration ${name} failed and was undone: ${why}`, { cause: error });
  }
}
