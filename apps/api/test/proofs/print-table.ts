export interface Printed {
  readonly printedBy: string;
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Returns a page with a Markdown table, whose columns are aligned as the formatter aligns them. */
export function printTable({ printedBy, title, header, rows }: Printed): string {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [
    `<!-- Printed by ${printedBy}. Do not edit. -->`,
    "",
    `# ${title}`,
    "",
    ...[header, widths.map((width) => "-".repeat(width)), ...rows].map(line),
    "",
  ].join("\n");
}
