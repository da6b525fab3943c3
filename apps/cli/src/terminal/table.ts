// Formats items as a table. On a terminal, the table fits its width: ids become shorter, then cells are cut, then columns are left out.
import pc from "picocolors";
import { fit, widthOf } from "./fit.ts";
import { sanitize } from "./sanitize.ts";
import { shortenIds } from "./short-ids.ts";

export interface Column<T> {
  head: string;
  /** The text for programs, and for people unless there is `shown`. */
  cell: (item: T) => string;
  /** The text on a terminal, such as a relative time. */
  shown?: (item: T, now: Date) => string;
  /** True for a column that only a table on a terminal has, such as a mark. */
  onTerminalOnly?: boolean;
  /** 1 (default) is the most important. A narrow terminal cuts and leaves out the columns with the greatest number first. */
  priority?: number;
  /** The width to which the column may be cut. Without one it is not cut; the last column may be cut to 16. */
  minWidth?: number;
  /** The maximum width on a terminal. */
  maxWidth?: number;
  /** True for ids, which a narrow terminal shortens to a prefix that commands accept. */
  isId?: boolean;
  /** True for words such as a status or a role, which have colours. */
  isColoured?: boolean;
}

export interface TableStyle {
  /** The terminal's width; undefined when the output is not a terminal, and then nothing is truncated. */
  columns: number | undefined;
  colour: boolean;
  now?: Date | undefined;
}

const GAP = "  ";
/** Wider columns are cut to this width before anything else is cut. */
const COMFORTABLE_WIDTH = 60;
/** The minimum width of the last column if it has none. */
const MIN_LAST_WIDTH = 16;

/** Formats items as a table with headings and without borders. Sanitizes the cells for a terminal. */
export function table<T>(items: readonly T[], columns: readonly Column<T>[], style: TableStyle): string {
  const { columns: width, now = new Date() } = style;
  const textOf = ({ cell, shown }: Column<T>, item: T): string =>
    sanitize(width === undefined || !shown ? cell(item) : shown(item, now));
  const all = columns
    .map((column) => ({ column, cells: items.map((item) => textOf(column, item)) }))
    .filter(
      ({ column, cells }) =>
        !column.onTerminalOnly || (width !== undefined && cells.some((cell) => cell !== "")),
    );
  return lines(width === undefined ? all : fitted(all, width), style.colour).join("\n");
}

interface Filled<T> {
  readonly column: Column<T>;
  readonly cells: readonly string[];
}

/** Cuts cells and leaves out columns until each line has at most this width. */
function fitted<T>(filled: readonly Filled<T>[], width: number): readonly Filled<T>[] {
  const natural = filled.map(({ column, cells }) => ({
    column,
    cells: cells.map((cell) => fit(cell, column.maxWidth ?? Infinity)),
  }));
  if (lineWidth(natural) <= width) return natural;
  const short = natural.map(({ column, cells }) => ({
    column,
    cells: column.isId ? shortenIds(cells) : cells,
  }));
  const comfortable = shrink(short, width, COMFORTABLE_WIDTH);
  const shrunk = shrink(comfortable, width, 0);
  if (lineWidth(shrunk) <= width) return shrunk;
  const remaining = withoutLeast(filled);
  // One column is left: it is cut however narrow the terminal is.
  return remaining.length > 0 ? fitted(remaining, width) : short.map((one) => cutTo(one, width));
}

/** Cuts the least important columns first, as far as it is necessary and each can be cut, but to no less than `least`. */
function shrink<T>(filled: readonly Filled<T>[], width: number, least: number): readonly Filled<T>[] {
  let left = lineWidth(filled) - width;
  const result = [...filled];
  const order = filled.map((_, index) => index).toSorted((a, b) => byImportance(filled, b, a));
  for (const index of order) {
    const one = filled[index];
    if (!one || left <= 0) continue;
    const current = widest(one);
    const spare = Math.max(current - Math.max(minimum(one, index === filled.length - 1), least), 0);
    const taken = Math.min(spare, left);
    if (taken > 0) result[index] = cutTo(one, current - taken);
    left -= taken;
  }
  return result;
}

function minimum<T>({ column, cells }: Filled<T>, isLast: boolean): number {
  const { head, minWidth } = column;
  if (minWidth === undefined && !isLast) return widest({ column, cells });
  return Math.max(minWidth ?? MIN_LAST_WIDTH, widthOf(head));
}

/** Leaves out the column with the greatest priority number, of equal ones the last. */
function withoutLeast<T>(filled: readonly Filled<T>[]): readonly Filled<T>[] {
  const [least] = filled.map((_, index) => index).toSorted((a, b) => byImportance(filled, b, a));
  return filled.filter((_, index) => index !== least);
}

function byImportance<T>(filled: readonly Filled<T>[], a: number, b: number): number {
  const priorityOf = (index: number): number => filled[index]?.column.priority ?? 1;
  return priorityOf(a) - priorityOf(b) || a - b;
}

const cutTo = <T>({ column, cells }: Filled<T>, width: number): Filled<T> => ({
  column: { ...column, head: fit(column.head, width) },
  cells: cells.map((cell) => fit(cell, width)),
});

const widest = <T>({ column, cells }: Filled<T>): number =>
  cells.reduce((most, cell) => Math.max(most, widthOf(cell)), widthOf(column.head));

const lineWidth = <T>(filled: readonly Filled<T>[]): number =>
  filled.reduce((sum, one) => sum + widest(one), GAP.length * Math.max(filled.length - 1, 0));

function lines<T>(filled: readonly Filled<T>[], colour: boolean): string[] {
  const widths = filled.map(widest);
  const rows = filled[0]?.cells.map((_, row) => filled.map(({ cells }) => cells[row] ?? "")) ?? [];
  const colours = pc.createColors(colour);
  const heads = filled.map(({ column }) => column.head);
  const line = (cells: readonly string[], paint: (cell: string, index: number) => string): string => {
    const last = cells.findLastIndex((cell) => cell !== "");
    return cells
      .slice(0, last + 1)
      .map((cell, index) => {
        const padding = index === last ? "" : " ".repeat((widths[index] ?? 0) - widthOf(cell));
        return `${paint(cell, index)}${padding}`;
      })
      .join(GAP);
  };
  return [
    line(heads, (head) => colours.dim(head)),
    ...rows.map((row) =>
      line(row, (cell, index) => {
        const name = filled[index]?.column.isColoured ? wordColours[cell] : undefined;
        return name === undefined ? cell : colours[name](cell);
      }),
    ),
  ];
}

const wordColours: Readonly<Record<string, "green" | "yellow" | "cyan" | "red" | "magenta" | "dim">> = {
  todo: "yellow",
  doing: "cyan",
  done: "green",
  pending: "yellow",
  accepted: "green",
  active: "green",
  declined: "red",
  revoked: "red",
  expired: "dim",
  ok: "green",
  denied: "red",
  failed: "red",
  admin: "magenta",
  viewer: "dim",
};
