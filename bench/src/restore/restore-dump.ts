import { readPostgresAddress, verifyDatabase, withOwner } from "@projostack/db";
import { checkRestored } from "./check-restored.ts";
import { DATABASE, initCluster, startCluster, type Cluster } from "./cluster.ts";
import { documentedCommand, documentedLines, runCommand, writeServices } from "./documented-command.ts";
import type { DrillContext } from "./context.ts";
import { differences, type RowCounts } from "./row-counts.ts";
import { backupUrl, migrateDatabase, OWNER, prepareBackups } from "./set-up-source.ts";
import type { Account } from "./writers.ts";

interface Dumped {
  readonly accounts: readonly Account[];
  readonly expected: RowCounts;
  /** The name of the dump in custom format. */
  readonly file: string;
}

/** Restores the dump into an empty cluster by the steps of the documentation, and checks the result. */
export async function restoreDump(
  context: DrillContext,
  { accounts, expected, file }: Dumped,
): Promise<void> {
  const { machine, report, started } = context;
  const startedAt = performance.now();
  const cluster = await startCluster(machine, await initCluster(machine, "restored"));
  started.push(cluster);
  const statements = await documentedLines("sql", "CREATE ROLE projo_tenant");
  await cluster.admin(async (client) => {
    // The page says so in a comment of the line.
    for (const statement of statements)
      await client.query(context.policies ? statement.replace(" BYPASSRLS", "") : statement);
  });
  await cluster.admin((client) => client.query(`ALTER ROLE ${OWNER.user} PASSWORD '${OWNER.password}'`));
  await writeServices(machine, [{ name: "projo_restore", port: cluster.port, ...OWNER }]);
  const restore = await documentedCommand(
    "pg_restore --dbname=service=projo_restore --no-owner --exit-on-error projo.dump",
  );
  const ms = await runCommand(machine, restore.replace("projo.dump", file));
  report.figure("pg_restore", ms);
  await migrateDatabase(cluster);
  await prepareBackups(cluster, context);
  await cluster.admin((client) => client.query("ANALYZE"), DATABASE);
  await checkRestored(context, { name: "the restored dump", cluster, accounts, expected });
  report.figure("RTO of the dump: empty to serving", performance.now() - startedAt);
  await restoreInParallel(context, { cluster, expected });
  await started.pop()?.stop();
}

interface Parallel {
  readonly cluster: Cluster;
  readonly expected: RowCounts;
}

/** Restores the directory into another database with several connections, by the commands of the documentation. */
async function restoreInParallel(context: DrillContext, { cluster, expected }: Parallel): Promise<void> {
  const { machine, report } = context;
  const database = "projo_parallel";
  await cluster.admin((client) =>
    client.query(`CREATE DATABASE ${database} OWNER ${OWNER.user} TEMPLATE template0`),
  );
  await writeServices(machine, [{ name: database, port: cluster.port, database, ...OWNER }]);
  const commands = await documentedLines("sh", "row-security.list");
  const startedAt = performance.now();
  for (const command of commands) {
    await runCommand(machine, command.replace("service=projo_restore", `service=${database}`));
  }
  report.figure("pg_restore, parallel", performance.now() - startedAt);
  const url = new URL(backupUrl(cluster));
  url.pathname = `/${database}`;
  const { rows, problems } = await withOwner(readPostgresAddress(url.href).target, verifyDatabase);
  report.compared("the dump restored in parallel has every row", [
    ...differences(expected, rows),
    ...problems,
  ]);
}
