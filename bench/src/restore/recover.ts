import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkRestored } from "./check-restored.ts";
import { own, startCluster } from "./cluster.ts";
import { documentedLines } from "./documented-command.ts";
import type { DrillContext, Recoverable } from "./context.ts";
import type { Account } from "./writers.ts";

interface Archived extends Recoverable {
  readonly archive: string;
  readonly accounts: readonly Account[];
}

/** Recovers the base backup to the target time by the settings of the documentation, and checks the result. */
export async function recover(
  context: DrillContext,
  { archive, accounts, time, expected }: Archived,
): Promise<void> {
  const { machine, report, started } = context;
  const startedAt = performance.now();
  const data = join(machine.directory, "base");
  const signal = join(data, "recovery.signal");
  await writeFile(signal, "");
  await own(machine, signal);
  const settings = (await documentedLines("ini", "restore_command")).map((line) =>
    line
      .replaceAll("/archive/", `${archive}/`)
      .replace(/^recovery_target_time = .*/, `recovery_target_time = '${time}'`),
  );
  const cluster = await startCluster(machine, data, settings);
  started.push(cluster);
  report.figure("recovery to a time", performance.now() - startedAt);
  await checkRestored(context, { name: "the recovered cluster", cluster, accounts, expected });
  report.figure("RTO of the recovery: base to serving", performance.now() - startedAt);
  await started.pop()?.stop();
}
