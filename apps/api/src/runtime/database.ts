import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  checkLogin,
  checkOperatorLogin,
  createDb,
  DatabaseDown,
  failureOf,
  migrate,
  openPool,
  prepareLogin,
  prepareOperatorLogin,
  startEmbeddedPostgres,
  UnsafeLogin,
  withOwner,
  type Db,
  type PostgresAddress,
  type PoolOptions,
} from "@projostack/db";
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

export interface DatabaseSettings {
  /** The directory of the embedded database and of the connection note. */
  readonly dataDir: string;
  /** The server's login; null to start the embedded database. */
  readonly databaseUrl: PostgresAddress | null;
  /** The login that owns the database and migrates it at the start; null where an operator migrates it. */
  readonly databaseOwnerUrl: PostgresAddress | null;
  /** The operator's login; null outside the operator's program. */
  readonly operatorDatabaseUrl: PostgresAddress | null;
  readonly databasePoolSize: number;
  /** Whether `databaseUrl` is the address of a pooler in transaction mode. */
  readonly databasePooled: boolean;
  readonly log: Log;
}

/** The database of the configuration: reached, migrated, and with a login that is bound by its policies. */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  return settings.databaseUrl === null
    ? openEmbedded(settings, SERVER_LOGIN)
    : openServer(settings, settings.databaseUrl);
}

async function openServer(settings: DatabaseSettings, address: PostgresAddress): Promise<Database> {
  if (settings.databaseOwnerUrl !== null) {
    await withOwner(settings.databaseOwnerUrl.target, async (owner) => {
      await migrate(owner);
      await prepareLogin(owner, address.login);
    });
  }
  const db = await connect(address.target, { ...settings, check: checkLogin });
  return {
    db,
    description: `PostgreSQL at ${address.host}`,
    crashed: new Promise(() => {}),
    close: () => db.close(),
  };
}

/**
 * The same by the operator's login, for the operator's program beside the server, which may be running or not: one embedded
 * database serves both. It migrates nothing that runs.
 */
export async function joinDatabase(settings: DatabaseSettings): Promise<Database> {
  if (settings.operatorDatabaseUrl !== null) {
    const { host, target } = settings.operatorDatabaseUrl;
    const operatorDb = await connect(target, { ...settings, check: checkOperatorLogin });
    const close = () => operatorDb.close();
    return { db: operatorDb, description: `PostgreSQL at ${host}`, crashed: new Promise(() => {}), close };
  }
  const running = await connectionNote(settings.dataDir).read();
  const db = running === null ? null : await joinRunning(running, settings);
  if (db === null) return openEmbedded(settings, OPERATOR_LOGIN);
  return {
    db,
    description: `the running server's PostgreSQL in ${settings.dataDir}`,
    crashed: new Promise(() => {}),
    close: () => db.close(),
  };
}

/** Null when the server of the note has ended without removing it. */
async function joinRunning(
  { host, port, passwordFile }: ConnectionNote,
  settings: DatabaseSettings,
): Promise<Db | null> {
  const password = passwordFile === null ? {} : { password: (await readFile(passwordFile, "utf8")).trim() };
  const target = { host, port, user: OPERATOR_LOGIN, ...password, database: DATABASE };
  return connect(target, { ...settings, check: checkOperatorLogin }).catch((error: unknown) => {
    const failure = failureOf(error);
    if (failure instanceof DatabaseDown && failure.condition.name === "connection_refused") return null;
    if (failure instanceof DatabaseDown && failure.condition.code === NO_SUCH_LOGIN) {
      throw new UnsafeLogin(
        "The running server has not made the operator's login: restart it with this build.",
      );
    }
    throw error;
  });
}

const SERVER_LOGIN = "projo_server";
/** invalid_authorization_specification: on a socket, where no password is asked for, the login is not there. */
const NO_SUCH_LOGIN = "28000";
const OPERATOR_LOGIN = "projo_operations";
const DATABASE = "projo";

async function openEmbedded(
  settings: DatabaseSettings,
  user: typeof SERVER_LOGIN | typeof OPERATOR_LOGIN,
): Promise<Database> {
  const embedded = await startEmbeddedPostgres({
    dataDir: join(settings.dataDir, "postgres"),
    onLog: (line) => settings.log.debug({ line }, "postgres"),
  });
  try {
    await withOwner({ ...embedded.owner, database: "postgres" }, async (owner) => {
      const { rowCount } = await owner.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE]);
      if (rowCount === 0) await owner.query(`CREATE DATABASE ${DATABASE}`);
    });
    // Over a socket that only this user can reach no password is asked for; over TCP the login has its own.
    const { host, port, password } = embedded.owner;
    const secret = password === undefined ? {} : { password };
    await withOwner({ ...embedded.owner, database: DATABASE }, async (owner) => {
      await migrate(owner);
      await prepareLogin(owner, { user: SERVER_LOGIN, ...secret });
      await prepareOperatorLogin(owner, { user: OPERATOR_LOGIN, ...secret });
    });
    const check = user === SERVER_LOGIN ? checkLogin : checkOperatorLogin;
    const target = { host, port, user, ...secret, database: DATABASE };
    const db = await connect(target, { ...settings, check });
    const note = connectionNote(settings.dataDir);
    await note.write({ host, port, passwordFile: embedded.passwordFile });
    return {
      db,
      description: `embedded PostgreSQL ${embedded.version} in ${settings.dataDir}`,
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
  { databasePoolSize, databasePooled, log, check }: DatabaseSettings & { readonly check: typeof checkLogin },
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
    await check(pool);
    return createDb({ pool, pooled: databasePooled });
  } catch (error) {
    await pool.end();
    throw error;
  }
}
