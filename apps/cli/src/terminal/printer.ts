import pc from "picocolors";
import { columnsOf, type Io, takesColour } from "../io.ts";
import { sanitize, sanitizeJson } from "./sanitize.ts";
import type { Column } from "./table.ts";

/** Prints data to stdout and messages to stderr. Sanitizes both for a terminal. */
export interface Printer {
  /** True with --json: data is printed as JSON. */
  readonly json: boolean;
  /** Prints a message to stderr. */
  message: (text: string) => void;
  /** Prints one line of data. */
  line: (data: string) => void;
  /** Prints a value as indented JSON. */
  value: (value: unknown) => void;
  /** Prints a value as JSON on one line. */
  valueLine: (value: unknown) => void;
  table: <T>(items: readonly T[], columns: readonly Column<T>[]) => Promise<void>;
}

export function printer(io: Io, json: boolean): Printer {
  const colour = takesColour(io, io.stdout);
  const columns = io.stdout.isTTY ? columnsOf(io.stdout) : undefined;
  return {
    json,
    message: (text) => void io.stderr.write(`${sanitize(text)}\n`),
    line: (data) => void io.stdout.write(`${sanitize(data)}\n`),
    value: (value) => void io.stdout.write(`${sanitizeJson(value)}\n`),
    valueLine: (value) => void io.stdout.write(`${sanitizeJson(value, { inOneLine: true })}\n`),
    table: async (items, tableColumns) => {
      const { table } = await import("./table.ts");
      io.stdout.write(`${table(items, tableColumns, { columns, colour })}\n`);
    },
  };
}

/** Returns the prefix `projo:` of an error message. */
export const errorPrefix = (io: Io): string => pc.createColors(takesColour(io, io.stderr)).red("projo:");
