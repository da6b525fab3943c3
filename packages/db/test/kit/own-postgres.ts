// A separate PostgreSQL for one test file, over TCP and with passwords. The test may pause it, fill its disk or deny logins
// without any effect on other tests.
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import {
  createDb,
  migrate,
  openPool,
  prepareLogin,
  prepareOperatorLogin,
  startEmbeddedPostgres,
  withOwner,
} from "../../src/index.ts";
import type { TestDatabase } from "./test-database.ts";

export interface OwnPostgres extends TestDatabase {
  /** Stops every process with SIGSTOP: connections stay open, and PostgreSQL does not answer. */
  pause(): void;
  /** Continues the stopped processes. */
  resume(): void;
  /**
   * Ends the process of one of the server's connections with SIGKILL. PostgreSQL then ends all the others, loses what is only in
   * memory, and recovers from its log.
   */
  crash(): Promise<void>;
}

export interface OwnPostgresOptions {
  /** Whether a commit is acknowledged after it has left PostgreSQL's memory, so that it survives `crash`. Default: false. */
  readonly isDurable?: boolean;
}

const SERVER = { user: "projo_server", password: "a password of this test" };
const OPERATOR = { user: "projo_operations", password: "another password of this test" };

const FAST = { fsync: "off", full_page_writes: "off" };

export async function startOwnPostgres({ isDurable = false }: OwnPostgresOptions = {}): Promise<OwnPostgres> {
  const directory = await mkdtemp(join(tmpdir(), "projo-own-"));
  const embedded = await startEmbeddedPostgres({
    dataDir: directory,
    transport: "tcp",
    settings: { ...FAST, synchronous_commit: isDurable ? "on" : "off" },
  });
  const name = "projo";
  const { host, port, user, password = "" } = embedded.owner;
  await withOwner({ ...embedded.owner, database: "postgres" }, (owner) =>
    owner.query(`CREATE DATABASE ${name}`),
  );
  await withOwner({ ...embedded.owner, database: name }, async (owner) => {
    await migrate(owner);
    await prepareLogin(owner, SERVER);
    await prepareOperatorLogin(owner, OPERATOR);
  });
  const target = { host, port, ...SERVER, database: name };
  const pool = openPool({ target, max: 4 });
  const db = createDb({ pool: openPool({ target, max: 4 }) });
  const operatorTarget = { host, port, ...OPERATOR, database: name };
  const operatorPool = openPool({ target: operatorTarget, max: 4 });
  const operatorDb = createDb({ pool: openPool({ target: operatorTarget, max: 4 }) });
  // The owner can write even when a test makes the server's connections read-only.
  const options = "-c timezone=UTC -c default_transaction_read_only=off";
  const ownerPool = new pg.Pool({ ...embedded.owner, database: name, max: 4, options });
  ownerPool.on("error", () => {});
  let stopped: number[] = [];
  const resume = () => {
    for (const pid of stopped.splice(0).toReversed()) signal(pid, "SIGCONT");
  };
  return {
    name,
    url: urlOf({ user: SERVER.user, password: SERVER.password, host, port }),
    ownerUrl: urlOf({ user, password, host, port }),
    operatorUrl: urlOf({ ...OPERATOR, host, port }),
    db,
    pool,
    operatorPool,
    operatorDb,
    owner: async <R extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await ownerPool.query<R>(text, values)).rows,
    pause: () => {
      // The main process is stopped first, so that it starts no new process.
      signal(embedded.pid, "SIGSTOP");
      stopped = [embedded.pid, ...childrenOf(embedded.pid)];
      for (const pid of stopped) signal(pid, "SIGSTOP");
    },
    resume,
    crash: async () => {
      const { rows } = await ownerPool.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE usename = $1 LIMIT 1",
        [SERVER.user],
      );
      const [victim] = rows;
      if (!victim) throw new Error("The server has no connection.");
      process.kill(victim.pid, "SIGKILL");
      const isConnected = async () =>
        (await ownerPool.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [victim.pid])).rowCount === 1;
      // The other processes end a moment after the signal.
      while (await isConnected().catch(() => false)) await delay(10);
    },
    drop: async () => {
      resume();
      await Promise.all([db.close(), pool.end(), operatorDb.close(), operatorPool.end(), ownerPool.end()]);
      await embedded.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Address {
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
}

function urlOf({ user, password, host, port }: Address): string {
  const url = new URL(`postgres://${host}:${port}/projo`);
  url.username = user;
  url.password = encodeURIComponent(password);
  return url.href;
}

function childrenOf(parent: number): number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return lines.flatMap((line) => {
    const [pid, parentPid] = line.trim().split(/\s+/).map(Number);
    return parentPid === parent && pid !== undefined ? [pid] : [];
  });
}

function signal(pid: number, name: "SIGSTOP" | "SIGCONT"): void {
  try {
    process.kill(pid, name);
  } catch {
    // The process has ended in the meantime.
  }
}
