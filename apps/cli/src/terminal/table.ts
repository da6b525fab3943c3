import Table from "cli-table3";
import pc from "picocolors";
import { fit } from "./fit.ts";
import { harmless } from "./harmless.ts";

export interface Column<T> {
  head: string;
  cell: (item: T) => string;
  /** The most terminal columns it takes. Ids have none: people paste them. The last column takes what is left. */
  most?: number;
}

export interface TableStyle {
  /** The terminal's width; undefined when nobody looks, and then nothing is cut off. */
  columns: number | undefined;
  colour: boolean;
}

const GAP = "  ";
/** Even on a narrow terminal, the last column shows this much. */
const LEAST = 16;

/** Rows under headings, without lines, harmless to a terminal. */
export function table<T>(items: readonly T[], columns: readonly Column<T>[], style: TableStyle): string {
  const rows = items.map((item) => columns.map(({ cell }) => harmless(cell(item))));
  const fitted = style.columns === undefined ? rows : fitColumns(rows, columns, style.columns);
  const heads = columns.map(({ head }) => (style.colour ? pc.createColors(true).dim(head) : head));
  const drawn = new Table({ chars: borderless, style: plain });
  drawn.push(heads, ...fitted);
  return drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function fitColumns<T>(rows: string[][], columns: readonly Column<T>[], width: number): string[][] {
  const last = columns.length - 1;
  const limited = rows.map((row) =>
    row.map((cell, index) => fit(cell, columns[index]?.most ?? Number.POSITIVE_INFINITY)),
  );
  const others = columns.slice(0, last).map(({ head }, index) => {
    const cells = limited.map((row) => row[index] ?? "");
    return widest([head, ...cells]) + GAP.length;
  });
  const left = width - others.reduce((sum, taken) => sum + taken, 0);
  return limited.map((row) =>
    row.map((cell, index) => (index === last ? fit(cell, Math.max(left, LEAST)) : cell)),
  );
}

/** The drawn width of a column, as cli-table3 measures it. */
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
