import type { Cli } from "../cli.ts";
import { labelledRows } from "../terminal/labelled-rows.ts";
import type { Column } from "../terminal/table.ts";

/** Prints one object: a line `Title: value` for each column, or the object as JSON with --json. */
export function printRecord<T>(cli: Cli, item: T, columns: readonly Column<T>[]): void {
  if (cli.json) {
    cli.value(item);
    return;
  }
  const width = Math.max(...columns.map(({ head }) => head.length));
  for (const { head, cell } of columns) {
    const label = `${`${head}:`.padEnd(width + 1)}  `;
    for (const row of labelledRows(cli.io, label, cell(item) || "-")) cli.line(row);
  }
}
