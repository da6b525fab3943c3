import type { Cli } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { columnNames } from "./columns/describe-columns.ts";
import type { ReadNotes } from "./read-tasks.ts";
import type { Finished } from "./run-import.ts";
import { describeMapped, describeUnknown } from "./statuses/status-tally.ts";

/** The number of refused rows that are printed as text. The report has all of them. */
const SHOWN_REFUSED = 100;

/** Prints the result of an import. @throws CliError when rows were refused */
export async function printFinished(cli: Cli, finished: Finished, dryRun: boolean): Promise<void> {
  if (cli.json) cli.value(dryRun ? dryRunValue(finished) : importValue(finished));
  else await printText(cli, finished, dryRun);
  for (const note of notesOf(finished)) cli.message(note);
  const { imported, report, source } = finished;
  if (imported.refusedRows === 0) return;
  const where =
    report === undefined
      ? ""
      : ` They are in ${report}: you can also correct them there and import that file with the same options.`;
  const again = source.name === "Standard input" ? "import them again" : "run the same command again";
  throw new CliError(
    "cli.rows_refused",
    `Correct the refused rows, then ${again}. Tasks that already exist are not changed.${where}`,
    { details: report === undefined ? {} : { report } },
  );
}

async function printText(cli: Cli, { imported, preview }: Finished, dryRun: boolean): Promise<void> {
  const { created, existing, valid, refusedRows, refused } = imported;
  const rows = refusedRows === 1 ? "1 row" : `${refusedRows} rows`;
  const tasks = created === 1 ? "1 task" : `${created} tasks`;
  if (dryRun && preview.length > 0) {
    await cli.table(preview, [
      { head: "LINE", cell: ({ line }) => String(line) },
      { head: "PROJECT", cell: ({ project }) => project, maxWidth: 30 },
      { head: "STATUS", cell: ({ status }) => status },
      { head: "TITLE", cell: ({ title }) => title },
    ]);
  }
  cli.line(
    dryRun
      ? `${valid === 1 ? "1 row is" : `${valid} rows are`} valid, ${rows} refused. Nothing was sent.`
      : `${tasks} imported, ${existing} already existed, ${rows} refused`,
  );
  for (const { line, field, reason } of refused.slice(0, SHOWN_REFUSED)) {
    cli.line(`line ${line}: ${field}: ${reason}`);
  }
  if (refusedRows > SHOWN_REFUSED) cli.line(`and ${refusedRows - SHOWN_REFUSED} more refused rows`);
}

function importValue({ imported: { created, existing, refused, refusedRows } }: Finished) {
  // A list that is complete needs no number.
  return { created, existing, refused, ...(refusedRows > refused.length && { refusedRows }) };
}

function dryRunValue({ imported: { valid, refused }, columns, notes, preview, source }: Finished) {
  return {
    valid,
    refused,
    encoding: source.encoding.name,
    separator: source.layout.separator,
    columns: columnNames(columns),
    statuses: Object.fromEntries(notes.statuses.mapped),
    unknownStatuses: Object.fromEntries(notes.statuses.unknown),
    tasks: preview.map(({ line, project, title, status }) => ({ line, project, title, status })),
  };
}

function notesOf({ notes, columns }: Finished): string[] {
  const outcome = columns.known?.hasFreeStatus ? " (their tasks are todo)" : "";
  return [
    describeMapped(notes.statuses),
    describeUnknown(notes.statuses, outcome),
    notes.cutTitles > 0 ? `${count(notes.cutTitles, "title")} cut to 200 characters.` : undefined,
    describeSkipped(notes),
  ].filter((note) => note !== undefined);
}

function describeSkipped({ emptyRows, repeatedHeaders }: ReadNotes): string | undefined {
  const parts = [
    ...(emptyRows > 0 ? [count(emptyRows, "empty row")] : []),
    ...(repeatedHeaders > 0 ? [`${count(repeatedHeaders, "repetition")} of the first line`] : []),
  ];
  return parts.length === 0 ? undefined : `Skipped: ${parts.join(" and ")}.`;
}

const count = (many: number, noun: string): string => `${many} ${noun}${many === 1 ? "" : "s"}`;
