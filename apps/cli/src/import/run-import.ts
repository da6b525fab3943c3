// Imports one file: opens it, finds its columns, reads its rows, and sends them or, in a dry run, keeps the first ones.
import type { Cli } from "../cli.ts";
import { callerOf } from "../credentials/service-key.ts";
import { findProject } from "../names/find-project.ts";
import { type Progress, showProgress } from "../terminal/progress.ts";
import { type ColumnMap } from "./columns/column-map.ts";
import type { Columns } from "./columns/columns.ts";
import { describeColumns, describeIgnored } from "./columns/describe-columns.ts";
import { isKnownColumn } from "./columns/known-exports.ts";
import { importTasks } from "./import-tasks.ts";
import type { Imported } from "./imported.ts";
import { createPatiently } from "./patiently.ts";
import { projectIds } from "./project-ids.ts";
import { isRefused, ReadNotes, readTasks, type RefusedRow, type TaskRow } from "./read-tasks.ts";
import { openRefusedRowsFile } from "./report/refused-rows-file.ts";
import { createSender, type SendBatch, skipSending } from "./send-batch.ts";
import { separatorName } from "./source/layout.ts";
import { openSource, type Source } from "./source/open-source.ts";
import type { StatusMap } from "./statuses/status-map.ts";

export interface RunOptions {
  project: string | undefined;
  dryRun: boolean;
  map: ColumnMap;
  statuses: StatusMap;
  encoding: string | undefined;
  separator: string | undefined;
  cutLongTitles: boolean;
  report: string | undefined;
}

export interface Finished {
  imported: Imported;
  notes: ReadNotes;
  columns: Columns;
  source: Source;
  /** The first rows as they would become tasks, in a dry run. */
  preview: readonly TaskRow[];
  /** The name of the report; undefined when there is none. */
  report: string | undefined;
}

const PREVIEW_ROWS = 5;

/** @param signal aborts when the user stops the import */
export async function runImport(
  cli: Cli,
  file: string,
  { signal, ...options }: RunOptions & { signal: AbortSignal },
): Promise<Finished> {
  const source = await openSource(cli.io, file, { ...options, isKnownColumn, signal });
  describeSource(cli, source, options);
  const display = createDisplay(cli);
  const target = options.dryRun ? undefined : await openTarget(cli, options.project, display);
  const notes = new ReadNotes();
  let columns: Columns | undefined;
  const rows = readTasks(
    source,
    {
      ...options,
      project: target?.project ?? options.project,
      onColumns: (found) => {
        describe(display, (columns = found), options);
        display.update(0, 0);
      },
    },
    notes,
  );
  const preview: TaskRow[] = [];
  const report = await openReport(cli, { source, options, columns: () => columns, warn: display.message });
  try {
    const imported = await importTasks(keepFirst(rows, preview), {
      signal,
      caller: callerOf(cli.io),
      send: target?.send ?? skipSending,
      report: report.write,
      update: (atByte, count) =>
        display.update(source.bytes === 0 ? undefined : Math.min(1, atByte / source.bytes), count),
    });
    if (!columns) throw new Error("The columns are known when all rows are read.");
    return { imported, notes, columns, source, preview, report: await report.close() };
  } catch (error) {
    const name = await report.close();
    if (name !== undefined) display.message(`The rows that were refused so far are in ${name}.`);
    throw error;
  } finally {
    display.stop();
  }
}

type Display = Progress & Pick<Cli, "message">;

const createDisplay = (cli: Cli): Display => ({ ...showProgress(cli.io, cli), message: cli.message });

async function openTarget(
  cli: Cli,
  idOrName: string | undefined,
  { message }: Display,
): Promise<{ project: string | undefined; send: SendBatch }> {
  const workspace = await (await cli.server()).workspace();
  const project = idOrName === undefined ? undefined : await findProject(workspace, idOrName);
  const send = createSender(workspace, {
    projectIdOf: projectIds(workspace, project),
    patiently: createPatiently(message),
  });
  return { project: project?.name, send };
}

interface Reporting {
  source: Source;
  options: RunOptions;
  columns: () => Columns | undefined;
  warn: (message: string) => void;
}

/** A dry run writes a report only when the option --report names it. */
async function openReport(cli: Cli, { source, options, columns, warn }: Reporting) {
  if (options.dryRun && options.report === undefined) {
    return { write: async () => {}, close: async () => undefined };
  }
  return openRefusedRowsFile({
    directory: cli.io.workingDirectory,
    file: options.report,
    source,
    columns,
    warn,
  });
}

/** Says what was found out about the file, as far as it is not the usual UTF-8 with commas. */
function describeSource(
  cli: Cli,
  { name, encoding, layout, isAssumed, sample }: Source,
  { dryRun }: RunOptions,
): void {
  const isUsual = encoding.label === "utf8" && layout.separator === ",";
  if (isUsual && !dryRun) return;
  const example = sample === undefined ? "" : `, for example "${sample}"`;
  const separators = `columns separated by ${separatorName(layout.separator)}`;
  cli.message(
    isAssumed
      ? `${name} is not UTF-8. It is read as ${encoding.name}${example}; ${separators}. If letters are wrong, name the encoding with --encoding.`
      : `${name}: ${encoding.name}, ${separators}.`,
  );
}

function describe({ message }: Display, columns: Columns, { dryRun }: RunOptions): void {
  if (columns.known || columns.isMapped || dryRun) message(describeColumns(columns));
  const ignored = describeIgnored(columns);
  if (ignored) message(ignored);
}

async function* keepFirst(
  rows: AsyncIterable<TaskRow | RefusedRow>,
  kept: TaskRow[],
): AsyncGenerator<TaskRow | RefusedRow> {
  for await (const row of rows) {
    if (!isRefused(row) && kept.length < PREVIEW_ROWS) kept.push(row);
    yield row;
  }
}
