import type { Row } from "./row.ts";

/** Formats the rows as a table in Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ["fault", "expected", "seen", "verdict"],
    ...rows.map(({ fault, expected, seen, verdict }) => [fault, expected, seen, verdict]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`);
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

/** The problems of the rows that missed, one a line. */
export const problemsOf = (rows: readonly Row[]): string =>
  rows.flatMap(({ fault, problems }) => problems.map((problem) => `${fault}: ${problem}`)).join("\n");
