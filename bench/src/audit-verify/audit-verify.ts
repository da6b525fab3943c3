// The speed of verifying a long audit log, and whether the memory depends on the length of the log.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { withBenchDatabase, type BenchDatabase } from "../database/bench-database.ts";
import { seedWorkspaces, type SeededWorkspace } from "../database/seed-workspaces.ts";
import type { Figure } from "../runner/figure.ts";
import type { RunOptions, Subject } from "../runner/run-bench.ts";
import { verifyOffline, type Offline } from "./offline.ts";
import { seedLog } from "./seed-log.ts";

export const auditVerify: Subject = {
  name: "audit-verify",
  title: "a long audit log verified from the first entry to the last",
  measure: (options) => withBenchDatabase((database) => measure(options, database)),
};

async function measure(
  { quick, progress }: RunOptions,
  { owner, db, target }: BenchDatabase,
): Promise<Figure[]> {
  const entries = quick ? 50_000 : 1_000_000;
  const [workspace] = await seedWorkspaces(owner, 1);
  if (!workspace) throw new Error("No workspace was created.");
  await seedLog(owner, { workspace, entries, progress });
  progress(`verifying ${entries} entries`);
  const server = await inProcess({ target, workspace, entries });
  progress("exporting the log and verifying the file");
  const file = await verifyOffline(db, workspace, entries);
  return [
    { name: "entries", value: entries, unit: "" },
    ...figuresOf("verified as by the server", server, entries),
    ...figuresOf("verified by projo from a file", file, entries),
  ];
}

function figuresOf(name: string, { seconds, tenthBytes, wholeBytes }: Offline, entries: number): Figure[] {
  return [
    { name, value: entries / seconds, unit: "entries/s" },
    { name: "  peak memory, first tenth of the log", value: tenthBytes / 2 ** 20, unit: "MB" },
    { name: "  peak memory, whole log", value: wholeBytes / 2 ** 20, unit: "MB" },
    {
      name: "  peak memory, whole log relative to first tenth",
      value: wholeBytes / tenthBytes,
      unit: "x",
      goal: { atMost: 1.2 },
    },
  ];
}

const Measured = z.object({ seconds: z.number(), tenthBytes: z.number(), wholeBytes: z.number() });

interface Check {
  readonly target: BenchDatabase["target"];
  readonly workspace: SeededWorkspace;
  readonly entries: number;
}

/** Verifies the log in a separate process, whose memory is that of the verification only. */
async function inProcess(check: Check): Promise<z.infer<typeof Measured>> {
  const program = fileURLToPath(new URL("verify-process.ts", import.meta.url));
  const running = promisify(execFile)(process.execPath, [...process.execArgv, program]);
  running.child.stdin?.end(JSON.stringify(check));
  return Measured.parse(JSON.parse((await running).stdout));
}
