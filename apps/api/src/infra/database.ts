import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  checkLogin,
  createDb,
  DatabaseDown,
  failureOf,
  migrate,
  openPool,
  prepareLogin,
  startEmbeddedPostgres,
  withOwner,
  type Db,
  type PoolOptions,
} from "@projostack/db";
import type { Config } from "../config/config.ts";
import { connectionNote, type ConnectionNote } from "./connection-note.ts";
import type { Log } from "./log.ts";

export interface Database {
  readonly db: Db;
  /** In words, for the log: never with a password. */
  readonly description: string;
  /** Fulfils when the embedded database has ended unasked. */
  readonly crashed: Promise<Error>;
  close(): Promise<void>;
}

type Place = Config & { readonly log: Log };

/** The database of the configuration: reached, migrated, and with a login that is bound by its policies. */
export async function openDatabase(place: Place): Promise<Database> {
  return place.databaseUrl === null ? openEmbedded(place) : openServer(place, place.databaseUrl);
}

async function openServer(place: Place, connectionString: string): Promise<Database> {
  if (place.databaseOwnerUrl !== null) {
    const { username, password } = new URL(connectionString);
    await withOwner({ connectionString: place.databaseOwnerUrl }, async (owner) => {
      await migrate(owner);
      await prepareLogin(owner, {
        user: decodeURIComponent(username),
        ...(password === "" ? {} : { password: decodeURIComponent(password) }),
      });
    });
  }
  const db = await connect({ connectionString }, place);
  const { host } = new URL(connectionString);
  return {
    db,
    description: `PostgreSQL at ${host}`,
    crashed: new Promise(() => {}),
    close: () => db.close(),
  };
}

/**
 * The same for a program beside the server, which may be running or not: one embedded database serves both. It
 * migrates nothing that runs.
 */
export async function joinDatabase(place: Place): Promise<Database> {
  const running = place.databaseUrl === null ? await connectionNote(place.dataDir).read() : null;
  if (running === null) return openDatabase(place);
  const db = await joinRunning(running, place);
  if (db === null) return openDatabase(place);
  return {
    db,
    description: `the running server's PostgreSQL in ${place.dataDir}`,
    crashed: new Promise(() => {}),
    close: () => db.close(),
  };
}

/** Null when the server of the note has ended without removing it. */
async function joinRunning({ host, port, passwordFile }: ConnectionNote, place: Place): Promise<Db | null> {
  const password = passwordFile === null ? {} : { password: (await readFile(passwordFile, "utf8")).trim() };
  const target = { host, port, user: SERVER_LOGIN, ...password, database: DATABASE };
  return connect(target, place).catch((error: unknown) => {
    const failure = failureOf(error);
    if (failure instanceof DatabaseDown && failure.condition.name === "connection_refused") return null;
    throw error;
  });
}

const SERVER_LOGIN = "projo_server";
const DATABASE = "projo";

async function openEmbedded(place: Place): Promise<Database> {
  const embedded = await startEmbeddedPostgres({
    dataDir: join(place.dataDir, "postgres"),
    onLog: (line) => place.log.debug({ line }, "postgres"),
  });
  try {
    await withOwner({ ...embedded.owner, database: "postgres" }, async (owner) => {
      const { rowCount } = await owner.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE]);
      if (rowCount === 0) await owner.query(`CREATE DATABASE ${DATABASE}`);
    });
    // Over a socket that only this user can reach no password is asked for; over TCP the login has its own.
    const { host, port, password } = embedded.owner;
    const login = { user: SERVER_LOGIN, ...(password === undefined ? {} : { password }) };
    await withOwner({ ...embedded.owner, database: DATABASE }, async (owner) => {
      await migrate(owner);
      await prepareLogin(owner, login);
    });
    const db = await connect({ host, port, ...login, database: DATABASE }, place);
    const note = connectionNote(place.dataDir);
    await note.write({ host, port, passwordFile: embedded.passwordFile });
    return {
      db,
      description: `embedded PostgreSQL ${embedded.version} in ${place.dataDir}`,
      crashed: embedded.crashed,
      close: async () => {
        await note.remove();
        await db.close();
        await embedded.stop();
      },
    };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

async function connect(
  target: PoolOptions["target"],
  { databasePoolSize, databasePooled, log }: Place,
): Promise<Db> {
  const pool = openPool({
    target,
    max: databasePoolSize,
    pooled: databasePooled,
    onError: (error) => log.warn({ err: error }, "a database connection broke"),
    onOutage: (isUnreachable) => {
      if (isUnreachable) log.error("the database does not answer: calls are refused until it does");
      else log.info("the database answers again");
    },
  });
  try {
    await checkLogin(pool);
    return createDb({ pool, pooled: databasePooled });
  } catch (error) {
    await pool.end();
    throw error;
  }
}
