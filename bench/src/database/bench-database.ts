// A PostgreSQL for the length of a measurement, with the settings that the product has: what is acknowledged is on the
// disk. It is reached as the server reaches it, by a login that the policies bind.
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
  /** As the server reaches it. */
  readonly target: Target;
  /** As the server works with it. */
  readonly db: Db;
  /** Another client, for another login. It is closed with the rest. */
  readonly openAs: (user: string) => Promise<Db>;
  /** The owner's connection: to arrange, off the clock. */
  readonly owner: Owner;
}

export type Owner = Parameters<Parameters<typeof withOwner>[1]>[0];

const DATABASE = "projo";

/** A connection for each caller of the busiest benchmark: what is measured is the work, and not the wait for a turn. */
const MAX_CALLERS = 32;

/** More than the product asks for: several servers work on one database here, each with a pool of its own. */
const MAX_CONNECTIONS = "200";

/** Starts one in a temporary directory and leaves nothing of it. */
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
