// Checks at the start of a server that its build and the migrations of the database fit. It needs the server's login only.
import pg from "pg";
import { MigrationError } from "./migration-error.ts";
import { type Migration, readMigrationNames } from "./read-migrations.ts";
import { tooOldProblem } from "./required-migrations.ts";

interface Applied {
  migration: string;
  is_required: boolean;
}

/**
 * @returns the applied migrations that this build does not have: those of a newer build, which this build may serve beside
 * @throws MigrationError if the build is too old for the database, or the database lacks migrations of the build
 */
export async function checkSchema(pool: pg.Pool, migrations?: readonly Migration[]): Promise<string[]> {
  const ours = migrations?.map(({ name }) => name) ?? (await readMigrationNames());
  const applied = await readApplied(pool);
  if (applied === null) throw new MigrationError(`The database lacks migrations of this build. ${NEXT}`);
  const required = applied.filter((one) => one.is_required).map((one) => one.migration);
  const tooOld = tooOldProblem(required, new Set(ours));
  if (tooOld !== null) throw new MigrationError(tooOld);
  const names = new Set(applied.map(({ migration }) => migration));
  const missing = ours.filter((name) => !names.has(name));
  if (missing.length > 0) {
    throw new MigrationError(
      `The database lacks ${missing.length} of the migrations of this build (${listOf(missing)}). ${NEXT}`,
    );
  }
  return [...names].filter((name) => !ours.includes(name));
}

const NEXT = "Run `projostack migrate` first (docs/operating/upgrade.md).";

/** The warning of a server that starts on a database that is ahead of its build. */
export const aheadWarning = (ahead: readonly string[]): string =>
  `The database is ahead of this build, which may still serve it (${listOf(ahead)}). Complete the upgrade to the newer build (docs/operating/upgrade.md).`;

/** @returns null if the database is older than the function that returns them */
async function readApplied(pool: pg.Pool): Promise<Applied[] | null> {
  const client = await pool.connect();
  // After an error the connection is closed, because its transaction is open.
  let isBroken = true;
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL ROLE projo_system");
    const { rows } = await client.query<Applied>(
      "SELECT migration, is_required FROM public.projo_migrations()",
    );
    await client.query("COMMIT");
    isBroken = false;
    return rows;
  } catch (error) {
    // undefined_function
    if (error instanceof pg.DatabaseError && error.code === "42883") return null;
    throw error;
  } finally {
    client.release(isBroken);
  }
}

const listOf = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
