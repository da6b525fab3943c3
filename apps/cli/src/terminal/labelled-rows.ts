import { columnsOf, type Io } from "../io.ts";
import { widthOf } from "./fit.ts";

/**
 * Returns a label and a text. On a terminal, a text that does not fit continues in the next rows, below its beginning. It is
 * divided at spaces only, so that an id or a path stays whole.
 */
export const labelledRows = ({ stdout }: Io, label: string, text: string): string[] =>
  wordRows(text, stdout.isTTY ? columnsOf(stdout) : Infinity, label);

/** Divides a text at spaces into rows of at most so many columns, if its words are not longer. */
export function wordRows(text: string, columns: number, label = ""): string[] {
  const [first = "", ...words] = text.split(" ");
  const rows = [`${label}${first}`];
  for (const word of words) {
    const longer = `${rows.at(-1)} ${word}`;
    if (widthOf(longer) <= columns) rows[rows.length - 1] = longer;
    else rows.push(`${" ".repeat(widthOf(label))}${word}`);
  }
  return rows;
}
