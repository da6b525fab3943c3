import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  aheadWarning,
  checkLogin,
  checkOperatorLogin,
  checkSchema,
  checkLayout,
  checkServerOf,
  type DatabaseLayout,
  type Durability,
  createDb,
  DatabaseDown,
  failureOf,
  lossySettings,
  migrate,
  openPool,
  prepareLogin,
  prepareOperatorLogin,
  setUpDatabase,
  startEmbeddedPostgres,
  UnsafeLogin,
  withOwner,
  type ConnectionObserver,
  type Db,
  type PostgresAddress,
  type PoolOptions,
} from "@projostack/db";
import { connectionNote, type ConnectionNote } from "./connection-note.ts";
import { damagedDatabase, dataDirectoryErrorOf } from "./data-directory.ts";
import type { Log } from "./log.ts";
import { openReplica, type ReplicaSettings } from "./replica.ts";
import { outageNotice, type OutageNotice } from "./outage-notice.ts";

export interface Database {
  readonly db: Db;
  /** What an operator should change, although the server starts. */
  readonly warnings: readonly string[];
  /** A description for the log, without a password. */
  readonly description: string;
  /** Resolves when the embedded database has stopped unexpectedly. */
  readonly crashed: Promise<Error>;
  close(): Promise<void>;
}

/** The program could not start because of the database that a setting names. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
  readonly setting: string;

  constructor(setting: string, cause: unknown) {
    super(`The database of ${setting} cannot be used.`, { cause });
    this.setting = setting;
  }
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
  /** Where the rows of workspaces are. */
  readonly databaseLayout: DatabaseLayout;
  /** What keeps a committed write when PostgreSQL crashes. */
  readonly databaseDurability: Durability;
  /** Whether settings that let a crash lose committed writes are refused. Otherwise a warning is logged. */
  readonly isProduction: boolean;
  /** Why this database may lose committed writes, such as "a database of the tests". Then nothing is refused and logged. */
  readonly lossAccepted?: string | undefined;
  /** The standby that may answer reads; null without one. */
  readonly databaseReplica: ReplicaSettings | null;
  readonly log: Log;
  readonly observer?: DatabaseEvents | undefined;
  /** Reports outages. By default they are reported to the log and the observer. */
  readonly outages?: OutageNotice | undefined;
}

/** Receives the events of the database's connections. */
export type DatabaseEvents = ConnectionObserver & {
  /** The database stopped answering, or answers again. */
  databaseOutage(isUnreachable: boolean): void;
};

/**
 * Connects to the configured database, migrates it if possible, and checks that row-level security applies to the login.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  return settings.databaseUrl === null
    ? openEmbedded(settings, SERVER_LOGIN)
    : openConfigured(settings, settings.databaseUrl);
}

async function openConfigured(settings: DatabaseSettings, address: PostgresAddress): Promise<Database> {
  const { databaseOwnerUrl: ownerAddress, databaseLayout: layout, log } = settings;
  if (ownerAddress !== null) {
    const note = (line: string) => log.warn({}, line);
    await withOwner(ownerAddress.target, (owner) =>
      setUpDatabase(owner, { ownerAddress, server: address, operator: null, layout, note }),
    ).catch((error: unknown) => {
      throw new StartFailure("PROJO_DATABASE_OWNER_URL", error);
    });
  }
  const { db, warnings } = await connect(address.target, {
    ...settings,
    check: checkLogin,
    usesReplica: true,
  });
  return {
    db,
    warnings,
    description: `PostgreSQL at ${address.host}`,
    crashed: new Promise(() => {}),
    close: () => db.close(),
  };
}

/**
 * Connects with the operator's login, for the operator's program. With an embedded database it uses the one of the running
 * server if there is one, and otherwise starts it. It does not migrate the database of a running server.
 */
export async function openOperatorDatabase(settings: DatabaseSettings): Promise<Database> {
  if (settings.operatorDatabaseUrl !== null) {
    const { host, target } = settings.operatorDatabaseUrl;
    const { db, warnings } = await connect(target, { ...settings, check: checkOperatorLogin });
    const close = () => db.close();
    return { db, warnings, description: `PostgreSQL at ${host}`, crashed: new Promise(() => {}), close };
  }
  const running = await connectionNote(settings.dataDir).read();
  const connected = running === null ? null : await connectToRunning(running, settings);
  if (connected === null) return openEmbedded(settings, OPERATOR_LOGIN);
  const { db, warnings } = connected;
  return {
    db,
    warnings,
    description: `the running server's PostgreSQL in ${settings.dataDir}`,
    crashed: new Promise(() => {}),
    close: () => db.close(),
  };
}

/** Connects to the database in the note; null when the server has ended without removing the note. */
async function connectToRunning(
  { host, port, passwordFile }: ConnectionNote,
  settings: DatabaseSettings,
): Promise<Connected | null> {
  const password = passwordFile === null ? {} : { password: (await readFile(passwordFile, "utf8")).trim() };
  const target = { host, port, user: OPERATOR_LOGIN, ...password, database: DATABASE, ssl: false } as const;
  return connect(target, { ...settings, check: checkOperatorLogin }).catch((error: unknown) => {
    const failure = failureOf(error);
    if (failure instanceof DatabaseDown && failure.condition.name === "connection_refused") return null;
    if (failure instanceof DatabaseDown && failure.condition.code === NO_SUCH_LOGIN) {
      throw new UnsafeLogin(
        "The running server has not created the operator's login. Restart it with this build.",
      );
    }
    throw error;
  });
}

const SERVER_LOGIN = "projo_server";
/** invalid_authorization_specification. On a socket, which asks for no password, the login does not exist. */
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
    onWarning: (message) => settings.log.warn(message),
  });
  // A local connection has no TLS, whatever PGSSLMODE says.
  const ownerTarget = { ...embedded.owner, ssl: false } as const;
  try {
    await withOwner({ ...ownerTarget, database: "postgres" }, async (owner) => {
      const { rowCount } = await owner.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE]);
      if (rowCount === 0) await owner.query(`CREATE DATABASE ${DATABASE}`);
    });
    // A socket that only this user can reach needs no password. Over TCP the login has a password.
    const { host, port, password } = embedded.owner;
    const secret = password === undefined ? {} : { password };
    await withOwner({ ...ownerTarget, database: DATABASE }, async (owner) => {
      await migrate(owner);
      await prepareLogin(owner, { user: SERVER_LOGIN, ...secret });
      await prepareOperatorLogin(owner, { user: OPERATOR_LOGIN, ...secret });
    });
    const check = user === SERVER_LOGIN ? checkLogin : checkOperatorLogin;
    const target = { host, port, user, ...secret, database: DATABASE, ssl: false } as const;
    const { db, warnings } = await connect(target, { ...settings, check });
    const note = connectionNote(settings.dataDir);
    await note.write({ host, port, passwordFile: embedded.passwordFile });
    return {
      db,
      warnings,
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
    throw embeddedProblem(settings.dataDir, error);
  }
}

/** A disk can fail or become full after the database has started. No setting of a separate PostgreSQL is to blame for that. */
function embeddedProblem(dataDir: string, error: unknown): unknown {
  const failure = failureOf(error);
  if (failure instanceof DatabaseDown && failure.condition.name === "disk_full") {
    const full = Object.assign(new Error(failure.message), { code: "ENOSPC", syscall: "write" });
    return dataDirectoryErrorOf(dataDir, full);
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (error instanceof Error && (DAMAGED.test(code) || REFUSED_FILE.test(error.message)))
    return damagedDatabase(dataDir, error);
  return dataDirectoryErrorOf(dataDir, error);
}

/** The SQLSTATE classes 58 (system error) and XX (internal error). */
const DAMAGED = /^(?:58|XX)/;
/** PostgreSQL's messages about its own files. The SQLSTATE of some is that of a missing right in SQL. */
const REFUSED_FILE = /^could not (?:access|open|read|write|create|stat|fsync|extend) (?:directory|file) /;

type Connected = Pick<Database, "db" | "warnings">;

async function connect(
  target: PoolOptions["target"],
  {
    databasePoolSize,
    databasePooled,
    databaseLayout: layout,
    databaseDurability: durability,
    isProduction,
    lossAccepted,
    databaseReplica,
    log,
    observer,
    outages = outageNotice({ log, observer }),
    check,
    usesReplica = false,
  }: DatabaseSettings & { readonly check: typeof checkLogin; readonly usesReplica?: boolean },
): Promise<Connected> {
  const pool = openPool({
    target,
    max: databasePoolSize,
    pooled: databasePooled,
    durability: isProduction && lossAccepted === undefined ? durability : null,
    onError: (error) => log.warn({ err: error }, "a database connection broke"),
    onOutage: (isUnreachable) => outages("connections", isUnreachable),
  });
  try {
    const { durableSettings } = await checkServerOf(pool);
    const lossy = lossAccepted === undefined ? lossySettings(durableSettings, durability) : null;
    const warnings =
      lossy === null
        ? []
        : [
            `a crash of PostgreSQL could lose acknowledged writes: ${lossy} (docs/database-connections.md#durability)`,
          ];
    await check(pool);
    const ahead = await checkSchema(pool);
    if (ahead.length > 0) log.warn({ migrations: ahead }, aheadWarning(ahead));
    await checkLayout(pool, layout);
    const replica = usesReplica && databaseReplica ? openReplica(databaseReplica, log) : undefined;
    return { db: createDb({ pool, pooled: databasePooled, layout, observer, replica }), warnings };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
