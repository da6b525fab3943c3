import { usageError } from "../cli-error.ts";

const KNOWN = ["project", "title", "status"] as const;

type Field = (typeof KNOWN)[number];

export interface Header {
  /** The index of each column; undefined when the file has no such column. */
  at: Readonly<Record<Field, number | undefined>>;
  columns: number;
  /** The names of the columns that are not imported. */
  unknown: readonly string[];
}

/** Reads the first record as the column names, in any order and letter case. */
export function readHeader(fields: readonly Buffer[], file: string, needsProject: boolean): Header {
  const names = fields.map((field) => field.toString("utf8").trim());
  const position = (field: Field) => {
    const found = names.flatMap((name, index) => (name.toLowerCase() === field ? [index] : []));
    if (found.length > 1) throw usageError(`${file} has two columns named "${field}". Remove one.`);
    return found[0];
  };
  const at = { project: position("project"), title: position("title"), status: position("status") };
  if (at.title === undefined) throw missing("title", file, names);
  if (at.project === undefined && needsProject) throw missing("project", file, names);
  const unknown = names.filter((name) => !KNOWN.some((known) => known === name.toLowerCase()));
  return { at, columns: names.length, unknown };
}

function missing(field: Field, file: string, names: readonly string[]) {
  const [only] = names;
  if (names.length === 1 && only?.includes(";")) {
    return usageError(
      `The columns of ${file} are separated by semicolons. Save the file with commas, then try again.`,
    );
  }
  const instead = field === "project" ? ", or set one project for all rows with --project" : "";
  return usageError(
    `${file} has no column "${field}". Name the columns in the first line (project,title,status)${instead}.`,
  );
}
