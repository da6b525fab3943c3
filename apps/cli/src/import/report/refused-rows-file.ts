// The report of an import: the refused rows in the columns of the input, after a column with the reason. After a correction it
// can be imported as it is. The column with the import id makes sure that each of its rows becomes one task.
import { type FileHandle, open, rm } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import { usageError } from "../../cli-error.ts";
import { IMPORT_ID_COLUMN, REASON_COLUMN } from "../columns/column-name.ts";
import type { Columns } from "../columns/columns.ts";
import type { RefusedRow } from "../read-tasks.ts";
import type { Source } from "../source/open-source.ts";
import { encodeRecord } from "./encode-record.ts";

export interface RefusedRowsFile {
  /** Appends the rows that have fields. Creates the file at the first one. */
  write: (rows: readonly RefusedRow[]) => Promise<void>;
  /** Closes the file. @returns its name as given, or undefined when it has no row */
  close: () => Promise<string | undefined>;
}

export interface ReportOptions {
  directory: string;
  /** The option --report. Without it, the name derives from the input. */
  file: string | undefined;
  source: Source;
  /** Returns the columns of the input. They are known when the first row is read. */
  columns: () => Columns | undefined;
  warn: (message: string) => void;
}

/** @throws CliError when the file of the option --report exists or cannot be created */
export async function openRefusedRowsFile(options: ReportOptions): Promise<RefusedRowsFile> {
  const { file } = options;
  let opened = file === undefined ? undefined : await createGiven(options.directory, file);
  let rowsWritten = 0;
  let isBroken = false;

  const write = async (rows: readonly RefusedRow[]) => {
    const columns = options.columns();
    const readable = rows.filter(({ fields }) => fields !== undefined);
    if (isBroken || !columns || readable.length === 0) return;
    try {
      opened ??= await createDefault(options);
      const start = rowsWritten === 0 ? [headerOf(options.source, columns)] : [];
      const records = readable.map((row) => recordOf(row, options.source, columns));
      await opened.handle.appendFile(Buffer.concat([...start, ...records]));
      rowsWritten += readable.length;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      isBroken = true;
      options.warn(
        `The refused rows cannot be written to ${opened?.name ?? "a file in this directory"} (${error.code}). The import continues without this file.`,
      );
    }
  };
  const close = async () => {
    await opened?.handle.close();
    if (!opened || rowsWritten > 0) return isBroken ? undefined : opened?.name;
    await rm(opened.path, { force: true });
    return undefined;
  };
  return { write, close };
}

interface OpenedFile {
  handle: FileHandle;
  name: string;
  path: string;
}

async function createGiven(directory: string, name: string): Promise<OpenedFile> {
  const path = resolve(directory, name);
  try {
    return { handle: await create(path), name, path };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw usageError(
      error.code === "EEXIST"
        ? `The file ${name} exists already. Choose another name for --report.`
        : `The file ${name} cannot be created (${error.code}). Choose another file for --report.`,
    );
  }
}

/** Creates `tasks.refused.csv`, or the next free name: an existing report may contain corrections. */
async function createDefault({ directory, source }: ReportOptions): Promise<OpenedFile> {
  const extension = extname(source.name) || ".csv";
  const stem =
    source.name === "Standard input"
      ? "stdin"
      : basename(source.name, extension).replace(/\.refused(-\d+)?$/, "");
  for (let nth = 1; ; nth += 1) {
    const name = `${stem}.refused${nth === 1 ? "" : `-${nth}`}${extension}`;
    const path = resolve(directory, name);
    try {
      return { handle: await create(path), name, path };
    } catch (error) {
      if (!isSystemError(error) || error.code !== "EEXIST") throw error;
    }
  }
}

/** Creates a new file for its owner only: rows may contain personal data. */
const create = (path: string): Promise<FileHandle> => open(path, "wx", 0o600);

function headerOf({ layout, encoding, hasMark }: Source, columns: Columns): Buffer {
  // Spreadsheet programs read a file without this mark in the encoding of the system.
  const mark = hasMark || encoding.label !== "utf8" ? "\ufeff" : "";
  const separatorLine = layout.hasSeparatorLine ? `sep=${layout.separator}${layout.lineBreak}` : "";
  const names = withoutReport(columns.names, columns);
  return Buffer.concat([
    Buffer.from(`${mark}${separatorLine}`),
    encodeRecord([REASON_COLUMN, IMPORT_ID_COLUMN, ...names], layout),
  ]);
}

function recordOf(
  { field, reason, fields = [], externalId = "" }: RefusedRow,
  source: Source,
  columns: Columns,
) {
  return encodeRecord([`${field}: ${reason}`, externalId, ...withoutReport(fields, columns)], source.layout);
}

/** Leaves out the columns that an earlier report added. */
const withoutReport = <T>(cells: readonly T[], { reason, importId }: Columns): T[] =>
  cells.filter((_, index) => index !== reason && index !== importId);

const isSystemError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";
