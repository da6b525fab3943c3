// The restore drill: a real server writes, backups are taken by the commands of docs/operating/backup.md, the cluster is killed, and
// both kinds of backup are restored and compared.
import { checkDump, readDump } from "@projostack/db";
import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DATABASE, initCluster, makeDirectory, startCluster, type Cluster } from "./cluster.ts";
import type { DrillContext, DrillOptions, Recoverable } from "./context.ts";
import { documentedCommand, documentedLines, runCommand, writeServices } from "./documented-command.ts";
import { recover } from "./recover.ts";
import { Report } from "./report.ts";
import { restoreDump } from "./restore-dump.ts";
import { countRows, differences, withSnapshot, type RowCounts } from "./row-counts.ts";
import { seedRows } from "./seed-rows.ts";
import { startServer, type RunningServer } from "./server.ts";
import {
  backupUrl,
  createDatabase,
  createReplicationLogin,
  DUMP,
  migrateDatabase,
  OWNER,
  prepareBackups,
  REPLICATION,
  serverEnv,
} from "./set-up-source.ts";
import { createAccounts, startWriters, type Account, type Writers } from "./writers.ts";

/** @returns whether every check succeeded */
export async function restoreDrill({ print, ...options }: DrillOptions): Promise<boolean> {
  const report = new Report(print);
  const env = {
    PROJO_TOKEN_KEYS: `1:${randomBytes(32).toString("base64url")}`,
    PROJO_DATA_DIR: join(options.machine.directory, "server"),
    LOG_LEVEL: "warn",
  };
  const context: DrillContext = { ...options, report, env, started: [] };
  try {
    await runSteps(context);
  } catch (error) {
    report.failed(error instanceof Error ? error.message : String(error));
  } finally {
    for (const one of context.started.toReversed()) await one.stop();
  }
  report.end();
  return report.isGreen;
}

async function runSteps(context: DrillContext): Promise<void> {
  const { machine, report } = context;
  const archive = await makeDirectory(machine, "archive");
  const source = await startSource(context, archive);
  const server = await startServer({
    isBuilt: context.isBuilt,
    env: { ...context.env, ...serverEnv(source) },
  });
  context.started.push(server);
  const accounts = await createAccounts(server.url, context.workspaces);
  await seedRows(source, accounts, context.rows);
  report.size(await databaseSize(source));
  const writers = startWriters(server.url, accounts);
  await wait(1_000);
  const dumped = await dump(context, source);
  if (dumped === null) return;
  const recoverable = context.policies ? null : await backUpFiles(context, { source, writers, accounts });
  await loseMachine(context, { source, server, writers });
  await restoreDump(context, { accounts, expected: dumped.rows, file: dumped.file });
  if (recoverable !== null) await recover(context, { archive, accounts, ...recoverable });
}

async function startSource(context: DrillContext, archive: string): Promise<Cluster> {
  const { machine, started } = context;
  // The drill waits for the archive, so it uses a shorter time than the documentation.
  const settings = (await documentedLines("ini", "archive_command")).map((line) =>
    line.replaceAll("/archive/", `${archive}/`).replace(/^archive_timeout = .*/, "archive_timeout = 2"),
  );
  const source = await startCluster(machine, await initCluster(machine, "source"), settings);
  started.push(source);
  // docs/operating/backup.md: archive_timeout is not followed before the first checkpoint.
  await source.admin((client) => client.query("CHECKPOINT"));
  await createDatabase(source);
  await createReplicationLogin(source);
  await migrateDatabase(source);
  if (!context.asOwner) await prepareBackups(source, context);
  await writeServices(machine, [
    { name: "projo", port: source.port, ...(context.asOwner ? OWNER : DUMP) },
    { name: "projo_basebackup", port: source.port, ...REPLICATION },
  ]);
  return source;
}

const databaseSize = (cluster: Cluster): Promise<number> =>
  cluster.admin(async (client) => {
    const { rows } = await client.query<{ bytes: number }>(
      "SELECT pg_database_size(current_database())::float8 AS bytes",
    );
    return rows[0]?.bytes ?? 0;
  }, DATABASE);

interface Dump {
  /** The rows at the snapshot of the dumps. */
  readonly rows: RowCounts;
  /** The name of the dump in custom format. */
  readonly file: string;
}

/** @returns null if the dump is not complete */
async function dump(context: DrillContext, source: Cluster): Promise<Dump | null> {
  const { machine, report, policies } = context;
  const start = "pg_dump --dbname=service=projo --role=projo_backup ";
  const file = policies ? "projo-policies.dump" : "projo.dump";
  const single = await documentedCommand(`${start}${policies ? "--enable-row-security" : "--format=custom"}`);
  const parallel = `${await documentedCommand(`${start}--format=directory`)}${policies ? " --enable-row-security" : ""}`;
  if (context.asOwner) {
    await runCommand(machine, `${single.replace("--role=projo_backup", "")} --enable-row-security`);
    await checkFile(context, "projo.dump");
    return null;
  }
  return withSnapshot(backupUrl(source), async (snapshot, counts) => {
    const ms = await runCommand(machine, `${single} --snapshot=${snapshot}`);
    report.figure("dump, custom format", ms, (await stat(join(machine.directory, file))).size);
    report.figure(
      "dump, directory format, parallel",
      await runCommand(machine, `${parallel} --snapshot=${snapshot}`),
    );
    for (const name of [file, "projo.dir"]) {
      report.compared(
        `${name} has the rows of its snapshot`,
        differences(counts, await checkFile(context, name)),
      );
    }
    report.rows(counts);
    return { rows: counts, file };
  });
}

async function checkFile({ machine, report }: DrillContext, name: string): Promise<RowCounts> {
  const { rows, problems } = await checkDump(readDump(join(machine.directory, name), machine.binaries));
  report.compared(`${name} is complete by verify-dump`, problems);
  return rows;
}

interface Living {
  readonly source: Cluster;
  readonly writers: Writers;
  readonly accounts: readonly Account[];
}

/** Takes the base backup while the writers write. @returns a moment after it, at which no call was in flight */
async function backUpFiles(context: DrillContext, { source, writers }: Living): Promise<Recoverable> {
  const { machine, report } = context;
  const backup = await documentedCommand("pg_basebackup ");
  report.figure("base backup", await runCommand(machine, backup));
  await runCommand(machine, await documentedCommand("pg_verifybackup "));
  report.succeeded("pg_verifybackup accepts the base backup");
  await wait(500);
  await writers.pause();
  const recoverable = await source.admin(async (client) => {
    const { rows } = await client.query<{ now: string }>("SELECT clock_timestamp()::text AS now");
    return { time: rows[0]?.now ?? "", expected: await countRows(client) };
  }, DATABASE);
  // A clock of a coarse resolution must not give the next commit the same time.
  await wait(50);
  writers.resume();
  return recoverable;
}

interface Lost {
  readonly source: Cluster;
  readonly server: RunningServer;
  readonly writers: Writers;
}

/** Waits until the archive contains a change after the target, then kills PostgreSQL while the writers write. */
async function loseMachine({ report }: DrillContext, { source, server, writers }: Lost): Promise<void> {
  const before = writers.acknowledged;
  await wait(1_000);
  await untilArchived(source);
  // Changes continue, so the newest ones are not in the archive.
  await wait(1_500);
  const archivedAt = await lastArchivedAt(source);
  const killedAt = Date.now();
  await source.kill();
  // A writer that waits between two calls notices the loss with its next call.
  if (await writers.untilFailed()) {
    report.succeeded(`the cluster was killed after ${writers.acknowledged} changes were acknowledged`);
  } else {
    report.failed("A writer did not notice the loss of the database.");
  }
  if (writers.acknowledged === before) report.failed("No change was acknowledged after the recovery target.");
  report.loss(killedAt - archivedAt);
  await server.stop();
}

/** Waits until the segment that is current now is archived. */
const untilArchived = (source: Cluster): Promise<void> =>
  source.admin(async (client) => {
    const { rows: current } = await client.query<{ segment: string }>(
      "SELECT pg_walfile_name(pg_current_wal_lsn()) AS segment",
    );
    for (let tries = 0; tries < 600; tries += 1) {
      const { rows } = await client.query("SELECT FROM pg_stat_archiver WHERE last_archived_wal >= $1", [
        current[0]?.segment,
      ]);
      if (rows.length > 0) return;
      await wait(100);
    }
    throw new Error("The archive does not contain the changes after a minute.");
  });

const lastArchivedAt = (source: Cluster): Promise<number> =>
  source.admin(async (client) => {
    const { rows } = await client.query<{ at: Date }>(
      "SELECT last_archived_time AS at FROM pg_stat_archiver",
    );
    return rows[0]?.at.getTime() ?? 0;
  });
