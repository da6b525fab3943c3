// A temporary PostgreSQL server for a measurement, with the durability settings of the product: an acknowledged write is on
// the disk. Clients use a login that is subject to the row-level security policies, as the server's login is.
import {
  createDb,
  migrate,
  openPool,
  prepareLogin,
  startEmbeddedPostgres,
  withOwner,
  type Db,
  type PoolOptions,
} from "@projostack/db";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whenInterrupted } from "./when-interrupted.ts";

export type Target = Extract<PoolOptions["target"], { host: string }>;

export interface BenchDatabase {
  /** The address of the database for the server's login. */
  readonly target: Target;
  /** The database client of the server. */
  readonly db: Db;
  /** Opens a client for another login. It is closed together with the database. */
  readonly openAs: (user: string) => Promise<Db>;
  /** A connection of the database's owner, for preparations that are not measured. */
  readonly owner: Owner;
}

export type Owner = Parameters<Parameters<typeof withOwner>[1]>[0];

const DATABASE = "projo";

/** One connection for each caller of the benchmark with the most callers, so that no caller waits for a connection. */
const MAX_CALLERS = 32;

/** More than the product's setting, because several servers use this database, each with its own pool. */
const MAX_CONNECTIONS = "200";

/** Starts PostgreSQL in a temporary directory, and removes it after the work. */
export async function withBenchDatabase<T>(work: (database: BenchDatabase) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "projo-bench-"));
  try {
    const embedded = await startEmbeddedPostgres({
      dataDir: directory,
      settings: { max_connections: MAX_CONNECTIONS },
    });
    const cleanUp = () => embedded.stop().then(() => rm(directory, { recursive: true, force: true }));
    const notInterrupted = whenInterrupted(cleanUp);
    try {
      await withOwner({ ...embedded.owner, database: "postgres" }, (owner) =>
        owner.query(`CREATE DATABASE ${DATABASE}`),
      );
      const { host, port, password } = embedded.owner;
      const secret = password === undefined ? {} : { password };
      const targetFor = (user: string): Target => ({ host, port, user, ...secret, database: DATABASE });
      return await withOwner(
        { ...embedded.owner, database: DATABASE, options: "-c timezone=UTC" },
        async (owner) => {
          await migrate(owner);
          const opened: Db[] = [];
          const openAs = async (user: string) => {
            await prepareLogin(owner, { user, ...secret });
            const db = createDb({ pool: openPool({ target: targetFor(user), max: MAX_CALLERS }) });
            opened.push(db);
            return db;
          };
          try {
            const db = await openAs("projo_server");
            return await work({ target: targetFor("projo_server"), db, openAs, owner });
          } finally {
            await Promise.all(opened.map((db) => db.close()));
          }
        },
      );
    } finally {
      notInterrupted();
      await embedded.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
