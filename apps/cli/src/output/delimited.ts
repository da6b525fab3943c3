// A list as TSV, without headings, or as CSV (RFC 4180), with headings. Both are sanitized for a terminal, as tables are.
import { sanitize } from "../terminal/sanitize.ts";
import type { Column } from "../terminal/table.ts";
import { withFormulaEscape } from "./formula-escape.ts";

/** A cell is text on one line: a tab, a line break and a backslash in it are written as \t, \n, \r and \\. */
export const tsv = <T>(items: readonly T[], columns: readonly Column<T>[]): string =>
  rows(items, columns)
    .map((row) => row.map((cell) => sanitize(escaped(cell))).join("\t"))
    .join("\n");

const escaped = (cell: string): string =>
  cell.replaceAll(/[\\\t\n\r]/g, (character) => escapes[character] ?? "");

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

export function csv<T>(items: readonly T[], columns: readonly Column<T>[]): string {
  const heads = forPrograms(columns).map(({ head }) => head);
  return [heads, ...rows(items, columns)].map((row) => row.map(csvCell).join(",")).join("\r\n");
}

function csvCell(cell: string): string {
  const safe = withFormulaEscape(cell);
  const lines = safe.split(/(\r?\n)/).map((part, index) => (index % 2 === 1 ? part : sanitize(part)));
  const text = lines.join("");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const rows = <T>(items: readonly T[], columns: readonly Column<T>[]): string[][] =>
  items.map((item) => forPrograms(columns).map(({ cell }) => cell(item)));

const forPrograms = <T>(columns: readonly Column<T>[]): readonly Column<T>[] =>
  columns.filter(({ onTerminalOnly }) => !onTerminalOnly);
