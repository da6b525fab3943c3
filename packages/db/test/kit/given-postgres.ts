// A PostgreSQL of its own for tests about its set-up, over TCP and with passwords: its roles belong to the whole server, so
// these tests need one without the roles of other tests. Each test gets an empty database and no role of ProjoStack.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import {
  MigrationError,
  readPostgresAddress,
  setUpDatabase,
  SetupProblem,
  startEmbeddedPostgres,
  withOwner,
} from "../../src/index.ts";
import { hasPostgres15, startPostgres15 } from "./postgres-15.ts";

export interface GivenPostgres {
  readonly port: number;
  /** The superuser. */
  readonly superuser: { host: string; port: number; user: string; password: string };
  /** Runs a statement as the superuser. */
  admin<R extends pg.QueryResultRow = pg.QueryResultRow>(text: string, database?: string): Promise<R[]>;
  /** Drops the databases and roles of the last test, and creates these. @returns the name of the new database */
  create(options: { owner: string; attributes?: string; ownsDatabase?: boolean }): Promise<string>;
  /** The address of a user, with the password that `passwordOf` gives. */
  urlOf(user: string, database: string, port?: number): string;
  stop(): Promise<void>;
}

/** The versions whose roles differ: since 16, CREATEROLE gives power only over the roles that its holder created. */
export const givenVersions: readonly { readonly version: string; readonly isHere: boolean }[] = [
  { version: "18", isHere: true },
  { version: "15", isHere: hasPostgres15 },
];

/** The password that the tests give to a user. */
export const passwordOf = (user: string): string => `${user}-secret`;

export async function startGivenPostgres(version = "18"): Promise<GivenPostgres> {
  const { superuser, stop } = version === "15" ? await start15() : await startEmbedded();
  const admin = async <R extends pg.QueryResultRow>(text: string, database = "postgres") =>
    withOwner({ ...superuser, database }, async (client) => (await client.query<R>(text)).rows);
  return {
    port: superuser.port,
    superuser,
    admin,
    create: async ({ owner, attributes = "", ownsDatabase = true }) => {
      await clear(superuser);
      const name = `given_${randomBytes(4).toString("hex")}`;
      await admin(`CREATE ROLE ${owner} LOGIN ${attributes} PASSWORD '${passwordOf(owner)}'`);
      await admin(`CREATE DATABASE ${name}${ownsDatabase ? ` OWNER ${owner}` : ""}`);
      return name;
    },
    urlOf: (user, database, port = superuser.port) =>
      `postgres://${user}:${passwordOf(user)}@127.0.0.1:${port}/${database}`,
    stop,
  };
}

async function clear(superuser: GivenPostgres["superuser"]): Promise<void> {
  await withOwner({ ...superuser, database: "postgres" }, async (client) => {
    const namesOf = async (text: string) =>
      (await client.query<{ name: string }>(text)).rows.map(({ name }) => name);
    const databases = await namesOf("SELECT datname AS name FROM pg_database WHERE datname LIKE 'given\\_%'");
    for (const name of databases) await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    const roles = await namesOf(
      `SELECT rolname AS name FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' AND rolname <> '${superuser.user}'`,
    );
    // A role can have granted a membership to another one. DROP OWNED removes such grants while both roles exist.
    for (const name of roles) await client.query(`DROP OWNED BY "${name}" CASCADE`);
    for (const name of roles) await client.query(`DROP ROLE "${name}"`);
  });
}

async function startEmbedded() {
  const directory = await mkdtemp(join(tmpdir(), "projo-given-"));
  const embedded = await startEmbeddedPostgres({
    dataDir: directory,
    transport: "tcp",
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
  });
  const { host, port, user, password = "" } = embedded.owner;
  return {
    superuser: { host, port, user, password },
    stop: async () => {
      await embedded.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function start15() {
  const { owner, stop } = await startPostgres15();
  return { superuser: owner, stop };
}

/** What `projostack migrate` prints and returns. */
export interface SetupResult {
  readonly code: number;
  /** The SQL for an administrator, if there is some. */
  readonly sql: string;
  /** Notes, and the message of the error. */
  readonly messages: string;
}

/** The variables of `projostack migrate`. */
export interface SetupEnvironment {
  readonly PROJO_DATABASE_OWNER_URL: string;
  readonly DATABASE_URL?: string;
  readonly PROJO_OPERATOR_DATABASE_URL?: string;
}

/** Does the work of `projostack migrate` in this process, which takes a tenth of the time. */
export async function setUp(env: SetupEnvironment): Promise<SetupResult> {
  const ownerAddress = readPostgresAddress(env.PROJO_DATABASE_OWNER_URL);
  const notes: string[] = [];
  try {
    await withOwner(ownerAddress.target, (owner) =>
      setUpDatabase(owner, {
        ownerAddress,
        server: addressOf(env.DATABASE_URL),
        operator: addressOf(env.PROJO_OPERATOR_DATABASE_URL),
        note: (line) => void notes.push(line),
      }),
    );
    return { code: 0, sql: "", messages: notes.join("\n") };
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    const sql = error instanceof SetupProblem ? error.sql : null;
    return { code: 1, sql: sql ?? "", messages: [...notes, error.message].join("\n") };
  }
}

const addressOf = (text: string | undefined) => (text === undefined ? null : readPostgresAddress(text));

export { runMigrate } from "./given-postgres-program.ts";
