// Measures what a read replica takes from the primary: the processor time of both for the same lists, with a replica and without.
// `node --import tsx --conditions=@projostack/source bench/src/replica/main.ts`, with PostgreSQL of Debian.
import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { authorize } from "@projostack/authz";
import {
  createDb,
  migrate,
  openPool,
  openReplicaPool,
  prepareLogin,
  withOwner,
  type Db,
  type ReplicaOutcome,
} from "@projostack/db";
import { freePort } from "../drill/stack/free-port.ts";
import { startCluster, startStandby, type Cluster } from "../drill/stack/postgres.ts";
import { findPrograms } from "../drill/stack/programs.ts";
import { withTemporaryDirectory } from "../runner/temporary-directory.ts";

const TASKS = 50_000;
const READS = { page: 4_000, search: 60 } as const;
const CALLERS = 8;
const LOGIN = "projo_server";

const programs = findPrograms();
if ("missing" in programs) throw new Error(`A program is missing: ${programs.missing}`);
const bin = programs.postgres;

await withTemporaryDirectory(async (directory) => {
  // The clusters run as another user.
  await chmod(directory, 0o755);
  const password = randomBytes(16).toString("hex");
  const options = async (name: string) => ({
    bin,
    password,
    data: join(directory, name),
    logFile: join(directory, `${name}.log`),
    port: await freePort(),
  });
  const primary = await startCluster(await options("primary"));
  let standby: Cluster | undefined;
  try {
    const grant = await prepare(primary, password);
    standby = await startStandby(primary.owner, await options("standby"));
    const targetOf = ({ owner }: Cluster) => ({ ...owner, user: LOGIN });
    const pool = () => openPool({ target: targetOf(primary) });
    const outcomes: ReplicaOutcome[] = [];
    const alone = createDb({ pool: pool() });
    const replicated = createDb({
      pool: pool(),
      observer: {
        messageAnswered: () => {},
        readResent: () => {},
        auditAppended: () => {},
        replicaRead: (outcome) => void outcomes.push(outcome),
      },
      replica: { pool: openReplicaPool({ target: targetOf(standby) }), maxLagMs: 50 },
    });
    try {
      while (!replicated.usesReplica) await new Promise((passed) => setTimeout(passed, 20));
      const clusters = { primary, standby };
      for (const kind of ["page", "search"] as const) {
        for (const db of [alone, replicated]) await readAll(db, { grant, kind, many: READS[kind] / 10 });
        const without = await measure(clusters, () => readAll(alone, { grant, kind, many: READS[kind] }));
        outcomes.length = 0;
        const withReplica = await measure(clusters, () =>
          readAll(replicated, { grant, kind, many: READS[kind] }),
        );
        print(kind, { without, withReplica, outcomes });
      }
    } finally {
      await Promise.all([alone.close(), replicated.close()]);
    }
  } finally {
    await standby?.process.close();
    await primary.process.close();
  }
});

type Grant = ReturnType<typeof authorize<"task:read">>;

/** Creates the database and a workspace with many tasks. */
async function prepare({ owner }: Cluster, password: string): Promise<Grant> {
  const [workspaceId, userId, projectId] = [randomUUID(), randomUUID(), randomUUID()];
  await withOwner({ ...owner, database: "postgres" }, (client) =>
    client.query(`CREATE DATABASE ${owner.database}`),
  );
  await withOwner(owner, async (client) => {
    await migrate(client);
    await prepareLogin(client, { user: LOGIN, password });
    await client.query(
      "INSERT INTO users (id, email, password_hash) VALUES ($1, 'ada@example.com', 'none')",
      [userId],
    );
    await client.query("INSERT INTO workspaces (id, name, created_by) VALUES ($1, 'Engines', $2)", [
      workspaceId,
      userId,
    ]);
    await client.query(
      "INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES (gen_random_uuid(), $1, $2, 'admin')",
      [workspaceId, userId],
    );
    await client.query(
      "INSERT INTO projects (id, workspace_id, name, created_by) VALUES ($3, $1, 'Looms', $2)",
      [workspaceId, userId, projectId],
    );
    await client.query(
      `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
       SELECT gen_random_uuid(), $1, $3, 'Task number ' || n, 'todo', $2 FROM generate_series(1, ${TASKS}) AS n`,
      [workspaceId, userId, projectId],
    );
    await client.query("VACUUM ANALYZE");
  });
  return authorize({ workspaceId, userId, role: "admin" }, "task:read");
}

interface Reads {
  readonly grant: Grant;
  readonly kind: keyof typeof READS;
  readonly many: number;
}

/** A page of 20 tasks, or a search that finds nothing and so reads every title. */
async function readAll(db: Db, { grant, kind, many }: Reads): Promise<void> {
  const search = kind === "search" ? "no such title" : undefined;
  let left = many;
  const callers = Array.from({ length: CALLERS }, async () => {
    while (left > 0) {
      left -= 1;
      await db.read(
        grant,
        ({ sql }) => sql.tasks.list({ limit: 20, order: "newest", after: undefined, search }),
        {
          mayReadReplica: true,
        },
      );
    }
  });
  await Promise.all(callers);
}

interface Times {
  readonly primary: number;
  readonly standby: number;
}

/** @returns the processor time of each cluster during the work, in ms */
async function measure(
  { primary, standby }: Record<keyof Times, Cluster>,
  work: () => Promise<void>,
): Promise<Times> {
  const now = () => ({ primary: cpuMs(primary), standby: cpuMs(standby) });
  const before = now();
  await work();
  const after = now();
  return { primary: after.primary - before.primary, standby: after.standby - before.standby };
}

/** The processor time of the cluster's processes. Those that a connection used stay open between two readings. */
function cpuMs(cluster: Cluster): number {
  const pid = cluster.process.pid();
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(/\s+/).map(Number);
  return [pid, ...children].reduce((sum, one) => sum + processMs(one), 0);
}

/** A unit of the times in /proc is 10 ms. The times of ended children are among those of the main process. */
function processMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
}

interface Results {
  readonly without: Times;
  readonly withReplica: Times;
  readonly outcomes: readonly ReplicaOutcome[];
}

function print(kind: keyof typeof READS, { without, withReplica, outcomes }: Results): void {
  const each = (ms: number) => `${((ms * 1_000) / READS[kind]).toFixed(0)} µs`;
  const answered = outcomes.filter((outcome) => outcome === "answered").length;
  process.stdout.write(
    `${kind}: primary ${each(without.primary)} without a replica, ${each(withReplica.primary)} with one; ` +
      `replica ${each(withReplica.standby)}; it answered ${answered} of ${READS[kind]}\n`,
  );
}
