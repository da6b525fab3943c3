import { setTimeout as wait } from "node:timers/promises";
import { type AuditListInput, isProjoError, type AuditEntry } from "@projostack/sdk";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import type { WorkspaceClient } from "../../connection/server.ts";
import { fit } from "../../terminal/fit.ts";
import { columnsOf } from "../../io.ts";
import { entryColumns, withActorNames } from "./entry-cells.ts";

interface TailOptions {
  /** Seconds between two requests. */
  interval: number;
}

export function addTailAudit(audit: Command, start: Start): void {
  audit
    .command("tail")
    .description("Print new entries of the audit log until Ctrl-C. With --json, each entry is one line.")
    .addOption(
      new Option("--interval <seconds>", "time between two requests").default(2).argParser(parseInterval),
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
      const polling = { intervalMs: interval * 1000, signal: control.signal };
      try {
        for await (const entry of newEntries(cli, workspace, polling)) await print(cli, entry);
      } catch (error) {
        // Ctrl-C is the normal end of this command.
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

async function print(cli: Cli, entry: AuditEntry): Promise<void> {
  const { stdout } = cli.io;
  if (cli.json) cli.valueLine(entry);
  else if (!stdout.isTTY) await cli.list([entry], entryColumns);
  else {
    // The entries come one by one, so the widths of the columns cannot depend on them.
    const cells = entryColumns.map(({ cell }, index) => cell(entry).padEnd(widths[index] ?? 0));
    cli.line(fit(cells.join("  ").trimEnd(), columnsOf(stdout)));
  }
}

/** Of the number, the time, the action, the outcome, the actor and the target. */
const widths = [5, 24, 18, 7, 24, 44];

interface Polling {
  intervalMs: number;
  signal: AbortSignal;
}

/** Yields every new entry once, in order. The numbers have no gap, so the last number shows where to continue. */
async function* newEntries(
  cli: Cli,
  workspace: WorkspaceClient,
  { intervalMs, signal }: Polling,
): AsyncGenerator<AuditEntry> {
  let fields: AuditListInput = {};
  const { items } = await withActorNames((include) => {
    fields = include;
    return workspace.audit.list({ limit: 1, ...include }, { signal });
  });
  let lastSeq = items[0]?.seq ?? 0;
  cli.message(`Waiting for entries after ${lastSeq}. Press Ctrl-C to stop.`);
  for (let isUnreachable = false; ;) {
    await wait(intervalMs, undefined, { signal });
    const fresh = await entriesAfter(workspace, lastSeq, { fields, signal }).catch(ignoreTemporary);
    if (!fresh && !isUnreachable)
      cli.message("The server does not respond. Retrying; no entry will be skipped.");
    isUnreachable = !fresh;
    for (const entry of fresh ?? []) {
      yield entry;
      lastSeq = entry.seq;
    }
  }
}

async function entriesAfter(
  workspace: WorkspaceClient,
  seq: number,
  { fields, signal }: { fields: AuditListInput; signal: AbortSignal },
): Promise<AuditEntry[]> {
  const fresh: AuditEntry[] = [];
  for await (const entry of workspace.audit.list({ limit: 100, ...fields }, { signal })) {
    if (entry.seq <= seq) break;
    fresh.push(entry);
  }
  return fresh.toReversed();
}

/**
 * Ignores a temporary failure, such as a restart of the server. Rethrows a refusal, which would repeat, and an error of projo, such as
 * the end of --timeout.
 */
function ignoreTemporary(error: unknown): undefined {
  const isTemporary =
    isProjoError(error) &&
    !(error.cause instanceof CliError) &&
    (error.status === undefined || error.status === 429 || error.status >= 500);
  if (!isTemporary) throw error;
}
