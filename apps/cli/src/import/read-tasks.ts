// Reads the rows of a file as tasks to create.
import type { TaskStatus } from "@projostack/sdk";
import { usageError } from "../cli-error.ts";
import { checkName, checkTitle, MAX_CHARACTERS, UNKNOWN_STATUS } from "./check-row.ts";
import { withoutFormulaEscape } from "../output/formula-escape.ts";
import { columnKey } from "./columns/column-name.ts";
import { type ColumnOptions, type Columns, findColumns } from "./columns/columns.ts";
import { cutText, lengthOf } from "./cut-title.ts";
import { createRowIds, type RowId, type RowIdentity } from "./external-ids.ts";
import { type CsvRecord, readRecords, RowTooLong, UnclosedQuote } from "./read-records.ts";
import { separatorName } from "./source/layout.ts";
import type { Source } from "./source/open-source.ts";
import { type StatusMap, statusOf } from "./statuses/status-map.ts";
import { StatusTally } from "./statuses/status-tally.ts";
import { count } from "../commands/count.ts";

export interface TaskRow {
  line: number;
  project: string;
  title: string;
  status: TaskStatus;
  externalId: string;
  endsAtByte: number;
  /** The fields as they are in the file. */
  fields: readonly Buffer[];
}

export interface RefusedRow {
  line: number;
  /** `title`, `status` or `project`; `row` when no single field is at fault. */
  field: string;
  reason: string;
  externalId?: string;
  /** The fields as they are in the file; absent when the row could not be read. */
  fields?: readonly Buffer[];
}

export interface ReadOptions extends Pick<ColumnOptions, "map"> {
  /** The project of rows without a project. */
  project: string | undefined;
  statuses: StatusMap;
  cutLongTitles: boolean;
  /** Called with the columns before the first row. */
  onColumns: (columns: Columns) => void;
}

/** What the rows were like, complete after the last one. */
export class ReadNotes {
  readonly statuses = new StatusTally();
  /** Rows without any value. */
  emptyRows = 0;
  repeatedHeaders = 0;
  cutTitles = 0;
}

/** Yields the rows in file order, each as a task to create or as refused with a reason. Sends nothing. */
export async function* readTasks(
  source: Source,
  options: ReadOptions,
  notes: ReadNotes,
): AsyncGenerator<TaskRow | RefusedRow> {
  const { name, layout } = source;
  let reader: RowReader | undefined;
  let rows = 0;
  try {
    for await (const record of holdBackLast(readRecords(source.read(), layout), source.requireUnchanged)) {
      if (isEmpty(record)) notes.emptyRows += 1;
      else if (!reader) reader = new RowReader(readHeader(record, name, options), source, options, notes);
      else if (reader.isHeader(record)) notes.repeatedHeaders += 1;
      else {
        rows += 1;
        yield reader.read(record);
      }
    }
  } catch (error) {
    if (!isBrokenRow(error)) throw error;
    rows += 1;
    yield { line: error.line, field: "row", reason: error.message };
  }
  if (rows > 0) return;
  throw reader
    ? usageError(`${name} names columns in its first line, but no row follows. Nothing was imported.`)
    : usageError(`${name} is empty. Its first line must name the columns: project,title,status.`);
}

export const isRefused = (row: TaskRow | RefusedRow): row is RefusedRow => "reason" in row;

/** Yields the records. Before the last one, which a program may still write, it checks that the file is complete. */
async function* holdBackLast(
  records: AsyncIterable<CsvRecord>,
  requireUnchanged: () => Promise<void>,
): AsyncGenerator<CsvRecord> {
  let held: CsvRecord | undefined;
  let broken: UnclosedQuote | RowTooLong | undefined;
  try {
    for await (const record of records) {
      if (held) yield held;
      held = record;
    }
  } catch (error) {
    if (!isBrokenRow(error)) throw error;
    broken = error;
  }
  await requireUnchanged();
  if (held) yield held;
  if (broken) throw broken;
}

const isBrokenRow = (error: unknown): error is UnclosedQuote | RowTooLong =>
  error instanceof UnclosedQuote || error instanceof RowTooLong;

const isEmpty = ({ fields }: CsvRecord): boolean =>
  fields.every((field) => field.toString("latin1").trim() === "");

function readHeader({ fields }: CsvRecord, file: string, options: ReadOptions): Columns {
  const names = fields.map((field) => field.toString("utf8").trim());
  const columns = findColumns(names, { file, map: options.map, needsProject: options.project === undefined });
  options.onColumns(columns);
  return columns;
}

// The reader has removed the byte order mark of the file. A U+FEFF inside a field is part of its text.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class RowReader {
  readonly #columns: Columns;
  readonly #source: Source;
  readonly #options: ReadOptions;
  readonly #notes: ReadNotes;
  readonly #idOf: (row: RowIdentity) => RowId = createRowIds();
  readonly #headerKey: string;

  constructor(columns: Columns, source: Source, options: ReadOptions, notes: ReadNotes) {
    this.#columns = columns;
    this.#source = source;
    this.#options = options;
    this.#notes = notes;
    this.#headerKey = columns.names.map(columnKey).join("\n");
  }

  /** Returns true for a repetition of the first line, as in files that were joined. */
  isHeader({ fields }: CsvRecord): boolean {
    if (fields.length !== this.#columns.names.length) return false;
    return fields.map((field) => columnKey(field.toString("utf8"))).join("\n") === this.#headerKey;
  }

  read({ line, fields, endsAtByte }: CsvRecord): TaskRow | RefusedRow {
    const { names, at } = this.#columns;
    if (fields.slice(names.length).some((field) => field.length > 0)) {
      const separators = separatorName(this.#source.layout.separator).replace(/s$/, "");
      const reason = `Has ${fields.length} fields, but the first line names ${count(names.length, "column")}. Put text that contains a ${separators} in quotes.`;
      return { line, field: "row", reason, fields };
    }
    const undecodable = FIELDS_TO_DECODE.find((field) =>
      at[field].some((index) => !this.#isDecodable(fields[index])),
    );
    if (undecodable) return { line, field: undecodable, reason: this.#encodingReason(), fields };

    const first = (indexes: readonly number[]) =>
      this.#unescaped(indexes.map((index) => textOf(fields[index])).find((text) => text !== "") ?? "");
    const project = first(at.project) || (this.#options.project ?? "");
    const fullTitle = first(at.title);
    // Count before a row is refused, so that a corrected row does not change the externalId of a later row.
    const importId = this.#columns.importId === undefined ? "" : textOf(fields[this.#columns.importId]);
    const { externalId, isRepeated } = this.#idOf({ project, title: fullTitle, id: first(at.id), importId });
    const title = this.#titleOf(fullTitle);
    const status = this.#statusOf(fields);
    const refusals: [string, string | undefined][] = [
      ["project", checkName(project)],
      ["title", checkTitle(title)],
      ["status", status === undefined ? UNKNOWN_STATUS : undefined],
      ["row", isRepeated ? "An earlier row has the same id." : undefined],
    ];
    for (const [field, reason] of refusals) {
      if (reason !== undefined) return { line, field, reason, externalId, fields };
    }
    if (title !== fullTitle) this.#notes.cutTitles += 1;
    return { line, project, title, status: status ?? "todo", externalId, endsAtByte, fields };
  }

  #titleOf(title: string): string {
    const mustCut = this.#options.cutLongTitles && lengthOf(title) > MAX_CHARACTERS;
    // A single character can be longer than a title. Then the row is refused as too long, not as empty.
    return (mustCut && cutText(title, MAX_CHARACTERS)) || title;
  }

  /** Returns the status; undefined when its name is unknown. */
  #statusOf(fields: readonly Buffer[]): TaskStatus | undefined {
    const { at, completed, known } = this.#columns;
    const { statuses: tally } = this.#notes;
    const names = at.status.map((index) => textOf(fields[index])).filter((name) => name !== "");
    if (completed !== undefined && textOf(fields[completed]) !== "") return "done";
    const [name] = names;
    if (name === undefined) return "todo";
    const status = names.map((one) => statusOf(one, this.#options.statuses)).find((one) => one !== undefined);
    if (status) tally.addMapped(name, status);
    else tally.addUnknown(name);
    return status ?? (known?.hasFreeStatus ? "todo" : undefined);
  }

  #unescaped(text: string): string {
    return this.#columns.known?.escapesFormulas ? withoutFormulaEscape(text) : text;
  }

  #isDecodable(field: Buffer | undefined): boolean {
    if (!field) return true;
    try {
      const text = utf8.decode(field);
      // The decoder of any other encoding writes this character for bytes that it does not know.
      return this.#source.encoding.label === "utf8" || !text.includes("\ufffd");
    } catch {
      return false;
    }
  }

  #encodingReason(): string {
    const { encoding } = this.#source;
    return encoding.label === "utf8"
      ? "Is not UTF-8 text. Save the file as UTF-8, or name its encoding with --encoding."
      : `Contains bytes that are not ${encoding.name}. Name the encoding of the file with --encoding.`;
  }
}

const FIELDS_TO_DECODE = ["project", "title", "status", "id"] as const;

/** Decodes and trims a field, as the server does. */
const textOf = (field: Buffer | undefined): string => (field ?? Buffer.alloc(0)).toString("utf8").trim();
