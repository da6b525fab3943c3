// Compares the history of a database, the table _prisma_migrations, with the migrations of this build.
import pg from "pg";
import type { Migration } from "./read-migrations.ts";
import { tooOldProblem } from "./required-migrations.ts";

interface Applied {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

export type History = ReadonlyMap<string, Applied>;

export async function readHistory(owner: pg.ClientBase): Promise<History> {
  const { rows } = await owner.query<Applied>(
    "SELECT migration_name, checksum, finished_at FROM public._prisma_migrations WHERE rolled_back_at IS NULL",
  );
  return new Map(rows.map((row) => [row.migration_name, row]));
}

/**
 * @param required the migrations that a build must have to serve the database; null if the database does not say
 * @returns why this build cannot migrate a database with that history, or null
 */
export function historyProblem(
  ours: readonly Migration[],
  applied: History,
  required: readonly string[] | null,
): string | null {
  const unfinished = [...applied.values()].find(({ finished_at }) => finished_at === null);
  if (unfinished) {
    return `The migration ${unfinished.migration_name} failed halfway. Repair the database, then delete its row from _prisma_migrations.`;
  }
  const edited = ours.find(({ name, checksum }) => (applied.get(name)?.checksum ?? checksum) !== checksum);
  if (edited) {
    return `The migration ${edited.name} was edited after it was applied. Restore its file and write a new migration.`;
  }
  const names = new Set(ours.map(({ name }) => name));
  const ahead = [...applied.keys()].filter((name) => !names.has(name));
  return ahead.length === 0 ? null : aheadProblem(ours, { applied, names, ahead, required });
}

interface Ahead {
  readonly applied: History;
  /** The migrations of this build. */
  readonly names: ReadonlySet<string>;
  /** The applied migrations that this build does not have. */
  readonly ahead: readonly string[];
  readonly required: readonly string[] | null;
}

/** A build that has every required migration may serve a database that is ahead of it, and leaves the database unchanged. */
function aheadProblem(ours: readonly Migration[], { applied, names, ahead, required }: Ahead): string | null {
  if (required === null) {
    return `The database is ahead of this build (${ahead.join(", ")}). Start a newer build.`;
  }
  const tooOld = tooOldProblem(required, names);
  if (tooOld !== null) return tooOld;
  const missing = ours.filter(({ name }) => !applied.has(name)).map(({ name }) => name);
  return missing.length === 0
    ? null
    : `The database has migrations of another build (${ahead.join(", ")}) and lacks migrations of this one (${missing.join(", ")}). Migrate it with a build that contains all of them.`;
}

interface Place {
  database: string;
  /** The owner of the table _prisma_migrations; null if the table does not exist. */
  history_owner: string | null;
  is_owner: boolean | null;
}

const PLACE = `
  SELECT current_database() AS database, pg_get_userbyid(c.relowner)::text AS history_owner,
         pg_has_role(c.relowner, 'USAGE') AS is_owner
    FROM (SELECT to_regclass('public._prisma_migrations') AS oid) AS history LEFT JOIN pg_class c ON c.oid = history.oid`;

// Objects of extensions do not count: services put some into each new database.
const OCCUPANTS = `
  SELECT relname::text AS name FROM pg_class c
   WHERE relnamespace = to_regnamespace('public') AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
     AND relname <> '_prisma_migrations'
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'a', 'i'))
   ORDER BY relname`;

/** @returns why the database is not for this build: it contains something else, or belongs to another role; otherwise null */
export async function unoccupiedProblem(
  owner: pg.ClientBase,
  ours: readonly Migration[],
): Promise<string | null> {
  const [place] = (await owner.query<Place>(PLACE)).rows;
  const { database = "", history_owner: historyOwner = null, is_owner: isOwner = null } = place ?? {};
  const instead = "Use an empty database. Nothing was changed.";
  if (historyOwner !== null) {
    if (!isOwner) {
      return `the tables of the database ${database} belong to the role ${historyOwner}. Set PROJO_DATABASE_OWNER_URL to that login.`;
    }
    const history = await readHistory(owner).catch((error: unknown) => {
      // undefined_column: another program has a table of that name.
      if (error instanceof pg.DatabaseError && error.code === "42703") return null;
      throw error;
    });
    const known = ours.filter(({ name }) => history?.has(name));
    if (known.length > 0) return null;
    if (history === null || history.size > 0) {
      const names = listOf([...(history?.keys() ?? ["an unknown form"])]);
      return `the database ${database} has the migrations of another application in its table _prisma_migrations (${names}). ${instead}`;
    }
  }
  const occupants = (await owner.query<{ name: string }>(OCCUPANTS)).rows.map(({ name }) => name);
  return occupants.length > 0
    ? `the database ${database} already contains other tables (${listOf(occupants)}), and none of the migrations of ProjoStack. ${instead}`
    : null;
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
