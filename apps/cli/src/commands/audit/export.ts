import { once } from "node:events";
import { type Command, Option } from "commander";
import { interrupted } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import type { WorkspaceClient } from "../../server.ts";
import { type Progress, showRate } from "../../terminal/progress.ts";
import { whenGranted } from "../../when-granted.ts";
import { type Write, writeWhole } from "./out-file.ts";

type Format = "ndjson" | "csv";

interface ExportOptions {
  format: Format;
  out?: string;
}

/** As many entries as the server gives in one call: each call goes on record. */
const PART = 5_000;

export function addExportAudit(audit: Command, start: Start): void {
  audit
    .command("export")
    .summary("Write the whole audit log out, oldest first.")
    .description(
      "Write the whole audit log out, oldest first: as NDJSON, which projo audit verify checks without the server, " +
        "or as CSV for a spreadsheet. It goes on record.",
    )
    .addOption(new Option("--format <format>", "ndjson or csv").choices(["ndjson", "csv"]).default("ndjson"))
    .option("--out <file>", "write to this file, whole or not at all, for your eyes only")
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
      const entries = await writeWhole(cli.io, out, (write) =>
        exportLog(cli, { workspace, format, write, isShown: true }),
      );
      if (cli.json) cli.value({ file: out, format, entries });
      else cli.say(`${entries === 1 ? "1 entry" : `${entries} entries`} written to ${out}.`);
    });
}

interface Export {
  workspace: WorkspaceClient;
  format: Format;
  write: Write;
  /** Whether progress may be drawn: not between the lines of the log itself. */
  isShown: boolean;
}

async function exportLog(cli: Cli, { workspace, format, write, isShown }: Export): Promise<number> {
  const progress: Progress | undefined = isShown ? showRate(cli.io, cli) : undefined;
  const control = new AbortController();
  const { signal } = control;
  const release = cli.io.onInterrupt(() => control.abort());
  try {
    const exported = (from: { afterSeq?: number; untilSeq?: number }) =>
      whenGranted(() => workspace.audit.export({ format, limit: PART, ...from }, { signal }), signal);
    let part = await exported({});
    // What is recorded while it runs, its own calls among it, is for the next export.
    const { untilSeq } = part;
    for (;;) {
      await write(part.text);
      progress?.update(untilSeq === 0 ? 1 : part.lastSeq / untilSeq, part.lastSeq);
      signal.throwIfAborted();
      if (part.done) return part.lastSeq;
      part = await exported({ afterSeq: part.lastSeq, untilSeq });
    }
  } catch (error) {
    throw signal.aborted ? interrupted("Stopped. Run the same command again: an export begins anew.") : error;
  } finally {
    release();
    progress?.stop();
  }
}

/** As slow as whoever reads it. Into a pipe byte for byte; on a terminal so that it cannot steer one. */
function toStdout({ io: { stdout }, line }: Cli): Write {
  return async (text) => {
    if (stdout.isTTY) for (const data of text.split(/\r?\n/).slice(0, -1)) line(data);
    else if (!stdout.write(text)) await once(stdout, "drain");
  };
}
