import { randomUUID } from "node:crypto";
import pg from "pg";
import { concurrentStatements, runConcurrently } from "./concurrent-migration.ts";
import { withoutForeignGrants } from "./foreign-grants.ts";
import { LOCK_TIMEOUT_MS, LocksUnavailable, withLockAttempts, type LockAttempts } from "./lock-attempts.ts";
import { MigrationError } from "./migration-error.ts";
import type { Migration } from "./read-migrations.ts";
import { recordOf } from "./required-migrations.ts";

/** Applies one migration and records it. @throws MigrationError */
export async function applyMigration(
  owner: pg.ClientBase,
  migration: Migration,
  attempts: LockAttempts,
): Promise<void> {
  const statements = concurrentStatements(migration);
  try {
    if (statements === null) {
      await withLockAttempts(owner, () => applyInTransaction(owner, migration), attempts);
      return;
    }
    for (const statement of statements) {
      await withLockAttempts(owner, () => runConcurrently(owner, statement, attempts.note), attempts);
    }
    await owner.query(`BEGIN;\n${record(migration)}\nCOMMIT;`);
  } catch (error) {
    throw problemOf(error, migration.name, statements !== null);
  }
}

async function applyInTransaction(owner: pg.ClientBase, migration: Migration): Promise<void> {
  const limit = `SET LOCAL lock_timeout = '${LOCK_TIMEOUT_MS}ms'`;
  try {
    // The migration and the row that records it are one message and one transaction.
    await owner.query(
      `BEGIN;\n${limit};\n${withoutForeignGrants(migration.sql)}\n;${record(migration)}\nCOMMIT;`,
    );
  } catch (error) {
    await owner.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

const record = (migration: Migration): string =>
  `INSERT INTO public._prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
    VALUES ('${randomUUID()}', '${migration.checksum}', ${pg.escapeLiteral(migration.name)}, clock_timestamp(), 1);
   ${recordOf(migration)}`;

function problemOf(error: unknown, name: string, isConcurrent: boolean): MigrationError {
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof LocksUnavailable) {
    return new MigrationError(
      `The migration ${name} changed nothing: ${why}. End the long transaction, or repeat the migration at a quieter time.`,
      { cause: error },
    );
  }
  if (!(error instanceof pg.DatabaseError) || error.severity === "FATAL") {
    return new MigrationError(
      `The connection broke during the migration ${name} (${why}). Run the migration again: it continues where it stopped.`,
      { cause: error },
    );
  }
  return new MigrationError(
    isConcurrent
      ? `The migration ${name} stopped: ${why}. Remove the cause and run the migration again: it continues where it stopped.`
      : `The migration ${name} failed and was undone: ${why}`,
    { cause: error },
  );
}
