// A PostgreSQL 15 with a streaming standby, for one test file.
import { randomBytes } from "node:crypto";
import pg from "pg";
import {
  createDb,
  openPool,
  openReplicaPool,
  readPostgresAddress,
  type Db,
  type ReplicaChange,
  type ReplicaOutcome,
} from "../../src/index.ts";
import { startPostgres15, startStandby15, type Postgres15 } from "./postgres-15.ts";
import { prepareCluster } from "./test-cluster.ts";
import { createTestDatabaseIn, type TestDatabase } from "./test-database.ts";

export interface ReplicatedPostgres {
  /** A database of the primary. */
  readonly database: TestDatabase;
  readonly standby: Standby;
  /** Starts one more standby. The test stops it. */
  startStandby(): Promise<Standby>;
  stop(): Promise<void>;
}

export interface Standby {
  /** The address of the database on the standby, with the login of a server. */
  readonly url: string;
  signalAll: Postgres15["signalAll"];
  /** Runs a statement as the superuser of the standby. */
  admin<R extends pg.QueryResultRow = pg.QueryResultRow>(text: string): Promise<R[]>;
  stop(): Promise<void>;
}

export async function startReplicatedPostgres(): Promise<ReplicatedPostgres> {
  const primary = await startPostgres15();
  const server = { user: "projo_server", password: randomBytes(16).toString("hex") };
  const database = await createTestDatabaseIn(await prepareCluster(primary.owner, server));
  const startStandby = async () => standbyOf(await startStandby15(primary), database);
  const standby = await startStandby();
  return {
    database,
    standby,
    startStandby,
    stop: async () => {
      await standby.stop();
      await database.drop();
      await primary.stop();
    },
  };
}

function standbyOf({ owner, signalAll, stop }: Postgres15, database: TestDatabase): Standby {
  const url = new URL(database.url);
  url.port = String(owner.port);
  const pool = new pg.Pool({ ...owner, database: database.name, max: 2 });
  pool.on("error", () => {});
  return {
    url: url.href,
    signalAll,
    admin: async <R extends pg.QueryResultRow>(text: string) => (await pool.query<R>(text)).rows,
    stop: async () => {
      signalAll("SIGCONT");
      await pool.end();
      await stop();
    },
  };
}

export interface ReplicatedDb {
  readonly db: Db;
  /** What became of each statement that was sent to the replica. */
  readonly outcomes: ReplicaOutcome[];
  /** The reported changes of the replica's state. */
  readonly changes: ReplicaChange[];
  close(): Promise<void>;
}

const target = (address: string) => readPostgresAddress(address).target;

/** Opens a client whose reads may be answered by a replica. */
export function openReplicatedDb(
  { url }: Pick<TestDatabase, "url">,
  replicaUrl: string,
  { maxLagMs = 1_000 }: { readonly maxLagMs?: number } = {},
): ReplicatedDb {
  const outcomes: ReplicaOutcome[] = [];
  const changes: ReplicaChange[] = [];
  const db = createDb({
    pool: openPool({ target: target(url), max: 8 }),
    observer: {
      messageAnswered: () => {},
      readResent: () => {},
      auditAppended: () => {},
      replicaRead: (outcome) => void outcomes.push(outcome),
    },
    replica: {
      pool: openReplicaPool({ target: target(replicaUrl) }),
      maxLagMs,
      onChange: (change) => void changes.push(change),
    },
  });
  return { db, outcomes, changes, close: () => db.close() };
}
