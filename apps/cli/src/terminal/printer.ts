import pc from "picocolors";
import { type Io, takesColour } from "../io.ts";
import { harmless, harmlessJson } from "./harmless.ts";
import { type Column, table } from "./table.ts";

/** How a command speaks: data to stdout, words to stderr, and nothing that could steer a terminal. */
export interface Printer {
  /** True when a program reads: data is JSON then. */
  readonly json: boolean;
  /** A line of words. */
  say: (words: string) => void;
  /** A line of data. */
  line: (data: string) => void;
  value: (value: unknown) => void;
  /** One of many values, in a line of its own. */
  valueLine: (value: unknown) => void;
  table: <T>(items: readonly T[], columns: readonly Column<T>[]) => void;
}

export function printer(io: Io, json: boolean): Printer {
  const colour = takesColour(io, io.stdout);
  const columns = io.stdout.isTTY ? (io.stdout.columns ?? 80) : undefined;
  return {
    json,
    say: (words) => void io.stderr.write(`${harmless(words)}\n`),
    line: (data) => void io.stdout.write(`${harmless(data)}\n`),
    value: (value) => void io.stdout.write(`${harmlessJson(value)}\n`),
    valueLine: (value) => void io.stdout.write(`${harmlessJson(value, { inOneLine: true })}\n`),
    table: (items, shown) => void io.stdout.write(`${table(items, shown, { columns, colour })}\n`),
  };
}

/** The word `projo:` before an error. */
export const errorPrefix = (io: Io): string => pc.createColors(takesColour(io, io.stderr)).red("projo:");
