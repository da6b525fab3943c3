// Faults of PostgreSQL and of PgBouncer.
import { withOwner } from "@projostack/db";
import { setTimeout as delay } from "node:timers/promises";
import { until } from "../stack/until.ts";
import { repeated, type Fault } from "./fault.ts";

/** Two of three strikes end all processes, and one ends the process of a connection. */
export const postgresKilled: Fault = {
  name: "postgres-sigkill",
  title: "SIGKILL of PostgreSQL",
  expected: "",
  failedCalls: "refusals",
  steps: repeated({ full: 10, quick: 1 }, 60),
  strike: async ({ primary }, { choice }) => {
    if (choice % 3 === 2) primary.killBackend(choice);
    else primary.killAll();
    return [];
  },
};

export const pgbouncerRestarted: Fault = {
  name: "pgbouncer-restart",
  title: "restart of PgBouncer",
  expected: "",
  failedCalls: "refusals",
  steps: repeated({ full: 3, quick: 1 }),
  strike: async ({ pgbouncer }) => {
    await pgbouncer.end("SIGTERM");
    return [];
  },
};

const FULL_MS = 5_000;

export const diskFull: Fault = {
  name: "disk-full",
  title: "the disk of PostgreSQL is full for 5 s",
  expected: "",
  failedCalls: "refusals",
  steps: repeated({ full: 1, quick: 1 }),
  notPossible: ({ disk }) => (disk.canBeFilled ? null : "needs root and the right to mount a tmpfs"),
  strike: async ({ disk, primary }) => {
    disk.fill();
    // Space within the present pages is used first. The disk counts as full when a statement is refused.
    const refused = await until("a statement finds the disk full", 10_000, () =>
      growthIsRefused(primary.owner),
    )
      .then(() => true)
      .catch(() => false);
    await delay(FULL_MS);
    disk.free();
    return [{ text: refused ? "the disk was full" : "the disk was not full", isMet: refused }];
  },
};

/** Writes a megabyte. It fails on a full disk, and also while PostgreSQL restarts because it could not write its log. */
async function growthIsRefused(owner: Parameters<typeof withOwner>[0]): Promise<boolean> {
  try {
    await withOwner(owner, (client) =>
      client.query(
        "CREATE TEMP TABLE ballast AS SELECT repeat(md5(n::text), 32) FROM generate_series(1, 1000) AS n",
      ),
    );
    return false;
  } catch {
    // Whatever the failure is, the database cannot grow now.
    return true;
  }
}

export const promotion: Fault = {
  name: "promotion",
  title: "the primary fails, and its standby is promoted",
  expected: "",
  failedCalls: "refusals",
  steps: repeated({ full: 1, quick: 1 }),
  notPossible: ({ standby }) => (standby ? null : "needs a standby"),
  strike: async (stack) => {
    const { primary, standby, wire } = stack;
    if (!standby) return [];
    await replicateSynchronously(primary.owner);
    // It must not return as a second primary.
    primary.process.hold();
    primary.killAll();
    await withOwner(standby.owner, (owner) => owner.query("SELECT pg_promote(true, 10)"));
    wire.moveTo(standby.owner.port);
    stack.primary = standby;
    stack.standby = null;
    return [];
  },
};

/** From now on, a commit is acknowledged when the standby has it too. Otherwise the standby could lack the latest commits. */
async function replicateSynchronously(owner: Parameters<typeof withOwner>[0]): Promise<void> {
  await withOwner(owner, async (client) => {
    await client.query("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await client.query("SELECT pg_reload_conf()");
    await until("the standby confirms commits", 20_000, async () => {
      const { rows } = await client.query("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'");
      return rows.length === 1;
    });
    await delay(1_000);
  });
}
