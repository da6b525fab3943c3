import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { ConfigError, readConfig } from "../../src/config/config.ts";
import { systemClock, type Clock } from "../../src/runtime/clock.ts";
import { loadKeyRing, parseKeyRing, type KeyRing } from "../../src/identity/key-ring.ts";
import { createLog } from "../../src/runtime/log.ts";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { startServer, type CloseOptions, type Server } from "../../src/server.ts";

export interface TestServer extends Pick<Server, "callAs"> {
  readonly url: string;
  readonly database: TestDatabase;
  /** The server's keys. Tests make tokens with them. */
  readonly keys: KeyRing;
  /** Every log line of the server. */
  readonly logLines: readonly string[];
  /** Every line about a mail that the server printed at the console. */
  readonly announced: readonly string[];
  /** The server's data directory. */
  readonly dataDir: string;
  /** @returns the error of a server with exactly this environment, or null when the environment is valid */
  problemOf(env: Readonly<Record<string, string>>): string | null;
  /** Starts another server on this database address, and closes it. @returns whether it started */
  canServe(databaseUrl: string): Promise<boolean>;
  /** Starts another server over the same database. `more` adds to the environment of this one. */
  startAnother(more: Readonly<Record<string, string>>, options?: ServerOptions): Promise<TestServer>;
  /** Announces the stop, and resolves when the time of PROJO_DRAIN_SECONDS has passed. */
  drain(): Promise<void>;
  close(options?: CloseOptions): Promise<void>;
}

export interface ServerOptions {
  /** Whether the server's standard output is a terminal. */
  readonly isTerminal?: boolean;
  /** Makes the pauses of background work, such as the one between two reads of the outbox, ten times shorter. */
  readonly shortPauses?: boolean;
  /** Checks, as a program does, whether a crash of PostgreSQL would lose writes. The databases of the tests would. */
  readonly checksDurability?: boolean;
  /** The directory in which the server looks for its build of apps/web. */
  readonly builtWeb?: string;
}

/** Starts a server on a free port, over a database of its own. `env` adds to the environment of a test server. */
export async function startTestServer(
  env: Readonly<Record<string, string>> = {},
  options: ServerOptions = {},
): Promise<TestServer> {
  const database = await createTestDatabase();
  const server = await startServerOver(database, env, options).catch(async (error: unknown) => {
    await database.drop();
    throw error;
  });
  return {
    ...server,
    close: async (closing) => {
      await server.close(closing);
      await database.drop();
    },
  };
}

/** Longer pauses, such as those of the hourly clean-up, stay as they are. */
const clockOfShortPauses: Clock = {
  ...systemClock,
  pause: (milliseconds, signal) =>
    systemClock.pause(milliseconds <= 5_000 ? milliseconds / 10 : milliseconds, signal),
};

/** Starts a server over an existing database, which stays when the server closes. */
export async function startServerOver(
  database: TestDatabase,
  env: Readonly<Record<string, string>> = {},
  options: ServerOptions = {},
): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), "projo-server-"));
  try {
    return await startIn(dataDir, { database, env, options });
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}

/** The replica of a test is given time, so that it answers each list also on a busy machine. */
const replicaOf = (url: string) => ({
  PROJO_DATABASE_REPLICA_URL: url,
  PROJO_DATABASE_REPLICA_MAX_LAG_MS: "2000",
});

const REPLICA_IN_USE = "the replica answers lists and searches";

interface Start {
  readonly database: TestDatabase;
  readonly env: Readonly<Record<string, string>>;
  readonly options: ServerOptions;
}

async function startIn(
  dataDir: string,
  {
    database,
    env,
    options: { isTerminal = false, shortPauses = false, checksDurability = false, builtWeb },
  }: Start,
): Promise<TestServer> {
  const config = readConfig({
    PORT: "0",
    PROJO_DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    // All calls of a test come from one address, so the limits are high unless a test is about them.
    PROJO_LIMITS: "1000",
    PROJO_CONNECTIONS_PER_ADDRESS: "10000",
    // The tests of the API do not depend on a build of the web application.
    PROJO_WEB: "off",
    // The full suite runs the tests of the API once more without the fast path.
    PROJO_FAST_PATH: process.env["PROJO_TEST_FAST_PATH"] ?? "true",
    ...(database.replicaUrl === undefined ? {} : replicaOf(database.replicaUrl)),
    ...env,
  });
  const logLines: string[] = [];
  const destination = { write: (line: string) => void logLines.push(line) };
  const log = createLog({ level: config.logLevel, pretty: false, destination });
  const announced: string[] = [];
  const webDirectory = builtWeb === undefined ? config.webDirectory : { path: builtWeb, isChosen: false };
  const server = await startServer(
    { ...config, webDirectory },
    {
      log,
      randomness: systemRandomness,
      clock: shortPauses ? clockOfShortPauses : systemClock,
      announce: (line) => void announced.push(line),
      isTerminal,
      ...(checksDurability ? {} : { lossAccepted: "a database of the tests" }),
      version: "0.0.0-test",
    },
  );
  // The first check of the replica ends after the start, and until then the primary answers its reads.
  while (database.replicaUrl !== undefined && !logLines.some((line) => line.includes(REPLICA_IN_USE)))
    await delay(10);
  return {
    url: server.url,
    callAs: (behalf) => server.callAs(behalf),
    database,
    keys: config.tokenKeys === null ? loadKeyRing(dataDir) : parseKeyRing(config.tokenKeys),
    logLines,
    announced,
    dataDir,
    problemOf: (whole) => {
      try {
        readConfig(whole);
        return null;
      } catch (error) {
        if (error instanceof ConfigError) return error.message;
        throw error;
      }
    },
    startAnother: (more, others) => startServerOver(database, { ...env, ...more }, others),
    canServe: async (databaseUrl) => {
      const attempt = startServerOver(database, { ...env, DATABASE_URL: databaseUrl });
      const other = await attempt.catch((error: unknown) => {
        if (error instanceof Error && ["UnsafeLogin", "UnsafeSettings"].includes(error.name)) return null;
        throw error;
      });
      await other?.close();
      return other !== null;
    },
    drain: () => server.drain(),
    close: async (closing) => {
      await server.close(closing);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
