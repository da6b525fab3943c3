import pc from "picocolors";
import { columnsOf, type Io, takesColour } from "../io.ts";
import type { ListFormat } from "../output/output-options.ts";
import type { FormatValue } from "../output/format-value.ts";
import { sanitize, sanitizeJson, sanitizeLines } from "./sanitize.ts";
import type { Column } from "./table.ts";

/** Prints data to stdout and messages to stderr. Sanitizes both for a terminal. */
export interface Printer {
  /** True if data is printed by `value`, not as text: with --json, --jq, --template, --quiet, and --format json or ndjson. */
  readonly json: boolean;
  /** Prints a message to stderr. */
  message: (text: string) => void;
  /** Prints one line of data. */
  line: (data: string) => void;
  /** Prints a value as the user chose: as indented JSON, its id only, through jq. */
  value: (value: unknown) => void;
  /** Prints a value as JSON on one line, or as the user chose. */
  valueLine: (value: unknown) => void;
  table: <T>(items: readonly T[], columns: readonly Column<T>[]) => Promise<void>;
  /** Prints a list: as a table on a terminal, in a pager if it is long, and as TSV in a pipe. `value` prints a list with --json. */
  list: <T>(items: readonly T[], columns: readonly Column<T>[]) => Promise<void>;
}

export interface PrinterOptions {
  json: boolean;
  outputFormat?: ListFormat | undefined;
  /** False with --no-pager. */
  pager?: boolean | undefined;
  /** Returns the text of a value. Default: as indented JSON. */
  format?: FormatValue | undefined;
}

export function printer(io: Io, { json, outputFormat, pager, format }: PrinterOptions): Printer {
  const { stdout, stderr } = io;
  const colour = takesColour(io, stdout);
  const columns = stdout.isTTY ? columnsOf(stdout) : undefined;
  const write = (text: string | undefined): void => {
    if (text !== undefined) stdout.write(`${format && stdout.isTTY ? sanitizeLines(text) : text}\n`);
  };
  const tableOf = async <T>(items: readonly T[], tableColumns: readonly Column<T>[]): Promise<string> =>
    (await import("./table.ts")).table(items, tableColumns, { columns, colour, now: io.now?.() });
  return {
    json,
    message: (text) => void stderr.write(`${sanitize(text)}\n`),
    line: (data) => void stdout.write(`${sanitize(data)}\n`),
    value: (value) => write(format ? format(value) : sanitizeJson(value)),
    valueLine: (value) => write(format ? format(value) : sanitizeJson(value, { inOneLine: true })),
    table: async (items, tableColumns) => void stdout.write(`${await tableOf(items, tableColumns)}\n`),
    list: async (items, listColumns) => {
      // A program that reads CSV expects the headings of an empty list too.
      if (items.length === 0 && outputFormat !== "csv") return;
      const chosen = outputFormat ?? (stdout.isTTY ? "table" : "tsv");
      if (chosen === "csv" || chosen === "tsv") {
        const delimited = await import("../output/delimited.ts");
        stdout.write(`${delimited[chosen](items, listColumns)}\n`);
        return;
      }
      const text = `${await tableOf(items, listColumns)}\n`;
      const isLong =
        stdout.isTTY === true && pager !== false && text.split("\n").length > (stdout.rows ?? Infinity);
      if (!isLong || !(await (await import("../output/pager.ts")).showInPager(io, text))) stdout.write(text);
    },
  };
}

/** Returns the prefix `projo:` of an error message. */
export const errorPrefix = (io: Io): string => pc.createColors(takesColour(io, io.stderr)).red("projo:");
