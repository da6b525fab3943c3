import { once } from "node:events";
import { type Command, Option } from "commander";
import { interrupted } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import type { WorkspaceClient } from "../../connection/server.ts";
import { type Progress, showRate } from "../../terminal/progress.ts";
import { retryAfterLimit } from "../../connection/retry-after-limit.ts";
import { type Write, writeAtomically } from "./out-file.ts";

type Format = "ndjson" | "csv";

interface ExportOptions {
  format: Format;
  out?: string;
}

/** The server's limit of entries in one call. Each call adds an entry to the log. */
const PART_SIZE = 5_000;

export function addExportAudit(audit: Command, start: Start): void {
  audit
    .command("export")
    .summary("Export the whole audit log, oldest entry first.")
    .description(
      "Export the whole audit log, oldest entry first: as NDJSON, which projo audit verify checks without the server, " +
        "or as CSV for a spreadsheet. The export itself is recorded in the log.",
    )
    .addOption(
      new Option("--format <format>", "format of the export").choices(["ndjson", "csv"]).default("ndjson"),
    )
    .option(
      "--out <file>",
      "write to this file, which only you can read; nothing is written if the export fails",
    )
    .addHelpText(
      "after",
      examples(["projo audit export --out audit.ndjson", "projo audit export --format csv > audit.csv"]),
    )
    .action(async ({ format, out }: ExportOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      if (out === undefined) {
        await exportLog(cli, { workspace, format, write: toStdout(cli), isShown: !cli.io.stdout.isTTY });
        return;
      }
      const entries = await writeAtomically(cli.io, out, (write) =>
        exportLog(cli, { workspace, format, write, isShown: true }),
      );
      if (cli.json) cli.value({ file: out, format, entries });
      else cli.message(`${entries === 1 ? "1 entry" : `${entries} entries`} written to ${out}.`);
    });
}

interface Export {
  workspace: WorkspaceClient;
  format: Format;
  write: Write;
  /** True when the progress bar does not mix with the log: the log does not go to the terminal. */
  isShown: boolean;
}

async function exportLog(cli: Cli, { workspace, format, write, isShown }: Export): Promise<number> {
  const progress: Progress | undefined = isShown ? showRate(cli.io, cli) : undefined;
  const control = new AbortController();
  const { signal } = control;
  const release = cli.io.onInterrupt(() => control.abort());
  try {
    const exported = (from: { afterSeq?: number; untilSeq?: number }) =>
      retryAfterLimit(
        () => workspace.audit.export({ format, limit: PART_SIZE, ...from }, { signal }),
        signal,
      );
    let part = await exported({});
    // The export ends at the last entry of its start. Later entries, such as those of its own calls, are not in it.
    const { untilSeq } = part;
    for (;;) {
      await write(part.text);
      progress?.update(untilSeq === 0 ? 1 : part.lastSeq / untilSeq, part.lastSeq);
      signal.throwIfAborted();
      if (part.done) return part.lastSeq;
      part = await exported({ afterSeq: part.lastSeq, untilSeq });
    }
  } catch (error) {
    throw signal.aborted
      ? interrupted("Stopped. Run the same command again: the export starts from the beginning.")
      : error;
  } finally {
    release();
    progress?.stop();
  }
}

/** Writes unchanged bytes to a pipe, at the pace of its reader, and sanitized lines to a terminal. */
function toStdout({ io: { stdout }, line }: Cli): Write {
  return async (text) => {
    if (stdout.isTTY) for (const data of text.split(/\r?\n/).slice(0, -1)) line(data);
    else if (!stdout.write(text)) await once(stdout, "drain");
  };
}
