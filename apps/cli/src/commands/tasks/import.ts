// The libraries that read files are loaded when the command runs, so that all other commands start without them.
import { type Command, Option } from "commander";
import { CliError, interrupted } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";

interface ImportOptions {
  project?: string;
  map?: string[];
  status?: string[];
  longTitles: "cut" | "refuse";
  encoding?: string;
  separator?: string;
  report?: string;
  dryRun?: boolean;
}

/** Collects the values of an option that is given several times. */
const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

export function addImportTasks(tasks: Command, start: Start): void {
  tasks
    .command("import")
    .summary("Create a task from each row of a CSV file.")
    .description(
      "Create a task from each row of a CSV file. The first line names the columns: project,title,status. " +
        "Exports of Jira, Linear, Asana, Trello and GitHub are recognized by their columns. " +
        "Missing projects are created. Running the command again creates no duplicates.",
    )
    .argument("<file>", "a CSV file, or - for standard input")
    .option("--project <id-or-name>", "project of rows without a project")
    .option(
      "--map <field=column>",
      'columns of title, status, project and id, by name or position: "title=Summary,status=State"',
      collect,
    )
    .option(
      "--status <name=status>",
      'statuses of other names: "In Progress=doing,Done=done"; * is any other name',
      collect,
    )
    .addOption(
      new Option("--long-titles <action>", "what to do with a title of more than 200 characters")
        .choices(["cut", "refuse"])
        .default("refuse"),
    )
    .option("--encoding <name>", "encoding of the file (default: found out)")
    .option("--separator <separator>", "comma, semicolon, tab, pipe or a character (default: found out)")
    .option("--report <file>", "new file for the refused rows (default: <file>.refused.csv)")
    .option("--dry-run", "show the columns, the first tasks and the refused rows, and send nothing")
    .addHelpText(
      "after",
      examples([
        "projo tasks import backlog.csv",
        "projo tasks import titles.csv --project Website",
        'projo tasks import export.csv --map "title=Summary,status=State" --dry-run',
        "gunzip -c backlog.csv.gz | projo tasks import -",
      ]),
    )
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const cli = start(command);
      const [{ runImport }, { parseColumnMap }, { parseStatusMap }, { parseSeparator }, { printFinished }] =
        await Promise.all([
          import("../../import/run-import.ts"),
          import("../../import/columns/column-map.ts"),
          import("../../import/statuses/status-map.ts"),
          import("../../import/source/layout.ts"),
          import("../../import/print-finished.ts"),
        ]);
      const dryRun = options.dryRun === true;
      const control = new AbortController();
      const release = cli.io.onInterrupt(() => control.abort());
      try {
        const finished = await runImport(cli, file, {
          project: options.project,
          dryRun,
          map: parseColumnMap(options.map ?? []),
          statuses: parseStatusMap(options.status ?? []),
          encoding: options.encoding,
          separator: options.separator === undefined ? undefined : parseSeparator(options.separator),
          cutLongTitles: options.longTitles === "cut",
          report: options.report,
          signal: control.signal,
        });
        await printFinished(cli, finished, dryRun);
      } catch (error) {
        if (!control.signal.aborted || error instanceof CliError) throw error;
        throw interrupted("Stopped. Nothing was imported.");
      } finally {
        release();
      }
    });
}
