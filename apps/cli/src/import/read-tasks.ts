import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { TaskStatus } from "@projostack/sdk";
import { usageError } from "../cli-error.ts";
import { checkName, checkStatus, checkTitle } from "./check-row.ts";
import { type Header, readHeader } from "./header.ts";
import { type CsvRecord, readRecords, UnclosedQuote } from "./read-records.ts";

export interface TaskRow {
  line: number;
  project: string;
  title: string;
  status: TaskStatus;
  /** The same for the same row of the same file, so that a second import finds the tasks of the first. */
  externalId: string;
  endsAtByte: number;
}

export interface RefusedRow {
  line: number;
  /** `title`, `status` or `project`; `row` when no single field is at fault. */
  field: string;
  reason: string;
}

export interface ReadOptions {
  /** The file's name in messages. */
  name: string;
  /** The project of rows without a project. */
  project: string | undefined;
  warn: (message: string) => void;
}

/** Yields the rows in file order, each as a task to create or as refused with a reason. Sends nothing. */
export async function* readTasks(file: Readable, options: ReadOptions): AsyncGenerator<TaskRow | RefusedRow> {
  const occurrence = occurrences();
  let header: Header | undefined;
  try {
    for await (const record of readRecords(file)) {
      if (header) {
        yield readRow(record, header, options, occurrence);
        continue;
      }
      header = readHeader(record.fields, options.name, options.project === undefined);
      if (header.unknown.length > 0) {
        options.warn(`These columns are not imported: ${header.unknown.join(", ")}.`);
      }
    }
  } catch (error) {
    if (!(error instanceof UnclosedQuote)) throw error;
    yield { line: error.line, field: "row", reason: error.message };
  }
  if (!header) {
    throw usageError(`${options.name} is empty. Its first line must name the columns: project,title,status.`);
  }
}

export const isRefused = (row: TaskRow | RefusedRow): row is RefusedRow => "reason" in row;

function readRow(
  { line, fields, endsAtByte }: CsvRecord,
  { at, columns }: Header,
  options: ReadOptions,
  occurrence: (project: string, title: string) => number,
): TaskRow | RefusedRow {
  if (fields.length > columns) {
    const reason = `Has ${fields.length} fields, but the first line names ${columns} columns. Put text that contains a comma in quotes.`;
    return { line, field: "row", reason };
  }
  const field = (index: number | undefined) => decode(index === undefined ? undefined : fields[index]);
  const [project, title, status] = [field(at.project), field(at.title), field(at.status)];
  if (project === undefined) return { line, field: "project", reason: NOT_UTF8 };
  if (title === undefined) return { line, field: "title", reason: NOT_UTF8 };
  if (status === undefined) return { line, field: "status", reason: NOT_UTF8 };

  const projectName = project || (options.project ?? "");
  // Count before a row is refused, so that a corrected row does not change the externalId of a later row.
  const externalId = externalIdOf(projectName, title, occurrence(projectName, title));
  const refusals: [string, string | undefined][] = [
    ["project", checkName(projectName)],
    ["title", checkTitle(title)],
    ["status", checkStatus(status)],
  ];
  for (const [name, reason] of refusals) if (reason !== undefined) return { line, field: name, reason };
  return {
    line,
    project: projectName,
    title,
    status: (status || "todo") as TaskStatus,
    externalId,
    endsAtByte,
  };
}

const NOT_UTF8 = "Is not UTF-8 text. Save the file as UTF-8.";
// The reader has removed the byte order mark of the file. A U+FEFF inside a field is part of its text.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes and trims a field, as the server does; undefined when it is not UTF-8. */
function decode(field: Buffer | undefined): string | undefined {
  try {
    return utf8.decode(field ?? Buffer.alloc(0)).trim();
  } catch {
    return undefined;
  }
}

function externalIdOf(project: string, title: string, occurrence: number): string {
  return createHash("sha256")
    .update(JSON.stringify([project, title, occurrence]))
    .digest("hex");
}

/** Counts from 1 the occurrences of each project and title. Stores a hash of 16 bytes for each pair. */
function occurrences() {
  const seen = new Map<string, number>();
  return (project: string, title: string): number => {
    const pair = createHash("sha256")
      .update(JSON.stringify([project, title]))
      .digest()
      .toString("latin1", 0, 16);
    const count = (seen.get(pair) ?? 0) + 1;
    seen.set(pair, count);
    return count;
  };
}
