import { setTimeout as wait } from "node:timers/promises";
import { type AuditEntry, isProjoError } from "@projostack/sdk";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import type { WorkspaceClient } from "../../server.ts";
import { entryColumns } from "./entry-cells.ts";

interface TailOptions {
  /** In seconds. */
  interval: number;
}

export function addTailAudit(audit: Command, start: Start): void {
  audit
    .command("tail")
    .description("Print new entries of the audit log as they come, until Ctrl-C. With --json, one a line.")
    .addOption(
      new Option("--interval <seconds>", "how long to wait between looks")
        .default(2)
        .argParser(parseInterval),
    )
    .addHelpText(
      "after",
      examples(["projo audit tail", "projo audit tail --interval 10 --json >> audit.ndjson"]),
    )
    .action(async ({ interval }: TailOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const control = new AbortController();
      const release = cli.io.onInterrupt(() => control.abort());
      const waits = { intervalMs: interval * 1000, signal: control.signal };
      try {
        for await (const entry of newEntries(cli, workspace, waits)) print(cli, entry);
      } catch (error) {
        // Ctrl-C is how it ends.
        if (!control.signal.aborted) throw error;
      } finally {
        release();
      }
    });
}

function parseInterval(text: string): number {
  const seconds = /^\d{1,4}(?:\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds < 0.1 || seconds > 3600) throw new InvalidArgumentError("It must be 0.1 to 3600 seconds.");
  return seconds;
}

function print(cli: Cli, entry: AuditEntry): void {
  if (cli.json) cli.valueLine(entry);
  else
    cli.line(
      entryColumns
        .map(({ cell }) => cell(entry))
        .join("  ")
        .trimEnd(),
    );
}

interface Waits {
  intervalMs: number;
  signal: AbortSignal;
}

/** Every entry from now on, once and in its order: their numbers have no gap, and the last one seen says where to go on. */
async function* newEntries(
  cli: Cli,
  workspace: WorkspaceClient,
  { intervalMs, signal }: Waits,
): AsyncGenerator<AuditEntry> {
  const { items } = await workspace.audit.list({ limit: 1 }, { signal });
  let lastSeq = items[0]?.seq ?? 0;
  cli.say(`Waiting for entries after ${lastSeq}. Ctrl-C ends it.`);
  for (let isAway = false; ;) {
    await wait(intervalMs, undefined, { signal });
    const fresh = await entriesAfter(workspace, lastSeq, signal).catch(whileAway);
    if (!fresh && !isAway) cli.say("The server does not answer. Trying on; no entry will be left out.");
    isAway = !fresh;
    for (const entry of fresh ?? []) {
      yield entry;
      lastSeq = entry.seq;
    }
  }
}

async function entriesAfter(
  workspace: WorkspaceClient,
  seq: number,
  signal: AbortSignal,
): Promise<AuditEntry[]> {
  const fresh: AuditEntry[] = [];
  for await (const entry of workspace.audit.list({ limit: 100 }, { signal })) {
    if (entry.seq <= seq) break;
    fresh.push(entry);
  }
  return fresh.toReversed();
}

/** A server that restarts is back soon; what it refuses, it refuses again. */
function whileAway(error: unknown): undefined {
  const passes =
    isProjoError(error) && (error.status === undefined || error.status === 429 || error.status >= 500);
  if (!passes) throw error;
}
