// Finds the separator and the line ending of a file in its first record.
import { usageError } from "../../cli-error.ts";

export interface Layout {
  separator: string;
  /** True when the first line names the separator, as spreadsheet programs write it: `sep=;`. */
  hasSeparatorLine: boolean;
  lineBreak: "\r\n" | "\n" | "\r";
}

const SEPARATORS = [",", ";", "\t", "|"] as const;

const NAMES: Readonly<Record<string, string>> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "vertical bars",
};

/** Names a separator in the plural. */
export const separatorName = (separator: string): string => NAMES[separator] ?? `"${separator}"`;

const GIVEN: Readonly<Record<string, string>> = {
  comma: ",",
  semicolon: ";",
  tab: "\t",
  "\\t": "\t",
  pipe: "|",
};

/** Parses the option --separator. @throws CliError when it is neither a name nor one ASCII character */
export function parseSeparator(given: string): string {
  const separator = GIVEN[given.toLowerCase()] ?? given;
  if (/^[\t\x20-\x7e]$/.test(separator) && !/["a-z0-9]/i.test(separator)) return separator;
  throw usageError(
    `--separator: "${given}" cannot separate columns. Use comma, semicolon, tab, pipe or another character.`,
  );
}

export interface LayoutOptions {
  /** The option --separator. */
  separator: string | undefined;
  /** Returns true for a name that an import knows. */
  isKnownColumn: (name: string) => boolean;
}

/** Finds the layout from the decoded start of a file. */
export function findLayout(head: string, { separator: given, isKnownColumn }: LayoutOptions): Layout {
  const named = /^\s*"?sep=(.)"?[\t,;| ]*(?=[\r\n]|$)/i.exec(head);
  const header = firstRecord(named ? head.slice(named[0].length) : head);
  const { lineBreak } = header;
  if (named) return { separator: given ?? named[1] ?? ",", hasSeparatorLine: true, lineBreak };
  return {
    separator: given ?? likeliestSeparator(header.text, isKnownColumn),
    hasSeparatorLine: false,
    lineBreak,
  };
}

/** Returns the line ending of the first record. */
export const lineBreakOf = (head: string): Layout["lineBreak"] => firstRecord(head).lineBreak;

/** Reads the first record that is not blank, up to a line break outside quotes. */
function firstRecord(head: string): { text: string; lineBreak: Layout["lineBreak"] } {
  const text = head.replace(/^\s+/, "");
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    if (quoted || (character !== "\r" && character !== "\n")) continue;
    const lineBreak = character === "\n" ? "\n" : text[at + 1] === "\n" ? "\r\n" : "\r";
    return { text: text.slice(0, at), lineBreak };
  }
  return { text, lineBreak: "\n" };
}

/** Prefers the separator that gives the most known column names, then the most columns, then the comma. */
function likeliestSeparator(header: string, isKnownColumn: (name: string) => boolean): string {
  let best = { separator: ",", known: -1, columns: 0 };
  for (const separator of SEPARATORS) {
    const names = splitOutsideQuotes(header, separator);
    const known = names.filter((name) => isKnownColumn(name.trim().replaceAll(/^"|"$/g, ""))).length;
    const isBetter = known > best.known || (known === best.known && names.length > best.columns);
    if (isBetter) best = { separator, known, columns: names.length };
  }
  return best.separator;
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts = [""];
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === separator && !quoted) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}
