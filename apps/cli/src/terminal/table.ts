import Table from "cli-table3";
import pc from "picocolors";
import { fit } from "./fit.ts";
import { sanitize } from "./sanitize.ts";

export interface Column<T> {
  head: string;
  cell: (item: T) => string;
  /**
   * The maximum width in terminal columns. Omit it for ids, which users copy. The last column takes the remaining width.
   */
  maxWidth?: number;
}

export interface TableStyle {
  /** The terminal's width; undefined when the output is not a terminal, and then nothing is truncated. */
  columns: number | undefined;
  colour: boolean;
}

const GAP = "  ";
/** The minimum width of the last column, also in a narrow terminal. */
const MIN_LAST_WIDTH = 16;

/** Formats items as a table with headings and without borders. Sanitizes the cells for a terminal. */
export function table<T>(items: readonly T[], columns: readonly Column<T>[], style: TableStyle): string {
  const rows = items.map((item) => columns.map(({ cell }) => sanitize(cell(item))));
  const fitted = style.columns === undefined ? rows : fitColumns(rows, columns, style.columns);
  const heads = columns.map(({ head }) => (style.colour ? pc.createColors(true).dim(head) : head));
  const result = new Table({ chars: borderless, style: plain });
  result.push(heads, ...fitted);
  return result
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function fitColumns<T>(rows: string[][], columns: readonly Column<T>[], width: number): string[][] {
  const last = columns.length - 1;
  const limited = rows.map((row) =>
    row.map((cell, index) => fit(cell, columns[index]?.maxWidth ?? Number.POSITIVE_INFINITY)),
  );
  const others = columns.slice(0, last).map(({ head }, index) => {
    const cells = limited.map((row) => row[index] ?? "");
    return widest([head, ...cells]) + GAP.length;
  });
  const left = width - others.reduce((sum, taken) => sum + taken, 0);
  return limited.map((row) =>
    row.map((cell, index) => (index === last ? fit(cell, Math.max(left, MIN_LAST_WIDTH)) : cell)),
  );
}

/** Returns the width of a column as cli-table3 measures it. */
function widest(cells: string[]): number {
  const measured = new Table({ chars: borderless, style: plain });
  measured.push(...cells.map((cell) => [cell]));
  return measured.width;
}

const plain = { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true };
const borderless = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: GAP,
};
