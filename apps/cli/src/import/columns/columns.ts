// Finds the columns of an import by the option --map, the columns of a known export, or the names project, title, status.
import { usageError } from "../../cli-error.ts";
import { columnKey, IMPORT_ID_COLUMN, REASON_COLUMN } from "./column-name.ts";
import { type ColumnMap, type Field, FIELDS } from "./column-map.ts";
import { type KnownExport, recognizeExport } from "./known-exports.ts";

export interface Columns {
  /** The names in the first record. */
  names: readonly string[];
  /** The positions of the columns of each field. The first one with a value counts. */
  at: Readonly<Record<Field, readonly number[]>>;
  /** The position of the time of completion. */
  completed: number | undefined;
  /** The position of the id that an earlier import wrote into its report of refused rows. */
  importId: number | undefined;
  /** The position of the reason in such a report. */
  reason: number | undefined;
  known: KnownExport | undefined;
  /** True when the option --map names a column. */
  isMapped: boolean;
  /** The names of the columns that are not imported. */
  ignored: readonly string[];
}

export interface ColumnOptions {
  file: string;
  map: ColumnMap;
  /** True when no option sets the project of all rows. */
  needsProject: boolean;
}

/** @throws CliError when a column is missing or ambiguous */
export function findColumns(names: readonly string[], options: ColumnOptions): Columns {
  const { file, map } = options;
  const keys = names.map(columnKey);
  const known = recognizeExport(names);
  const positionsOf = (field: Field): number[] => {
    const mapped = map[field];
    if (mapped !== undefined) return [findMapped(names, mapped, { file, field })];
    if (known) return known[field].flatMap((name) => firstIndex(keys, columnKey(name)) ?? []);
    // A column `id` of another kind of file may be anything. Only --map makes it the id of the task.
    if (field === "id") return [];
    const found = indexesOf(keys, field);
    if (found.length > 1) {
      const [first = 0] = found;
      throw usageError(
        `${file} has two columns named "${field}". Remove one, or choose one by its position: --map ${field}=${first + 1}`,
      );
    }
    return found;
  };
  const at = {
    title: positionsOf("title"),
    status: positionsOf("status"),
    project: positionsOf("project"),
    id: positionsOf("id"),
  };
  if (at.title.length === 0) throw missing("title", names, options);
  if (at.project.length === 0 && options.needsProject) throw missing("project", names, options);
  const completed = known?.completed === undefined ? undefined : firstIndex(keys, columnKey(known.completed));
  const importId = firstIndex(keys, columnKey(IMPORT_ID_COLUMN));
  const reason = firstIndex(keys, columnKey(REASON_COLUMN));
  const used = new Set([...FIELDS.flatMap((field) => at[field]), completed, importId, reason]);
  const ignored = names.filter((name, index) => name !== "" && !used.has(index));
  const isMapped = Object.keys(map).length > 0;
  return { names, at, completed, importId, reason, known, isMapped, ignored: [...new Set(ignored)] };
}

const indexesOf = (keys: readonly string[], key: string): number[] =>
  keys.flatMap((one, index) => (one === key ? [index] : []));

const firstIndex = (keys: readonly string[], key: string): number | undefined => indexesOf(keys, key)[0];

/** Finds a column by its exact name, by its letters and digits, or by its position from 1. */
function findMapped(
  names: readonly string[],
  column: string,
  { file, field }: { file: string; field: Field },
): number {
  const exact = names.flatMap((name, index) => (name === column ? [index] : []));
  const similar = exact.length > 0 ? exact : indexesOf(names.map(columnKey), columnKey(column) || "\0");
  const [found, another] = similar;
  if (found !== undefined && another !== undefined) {
    throw usageError(
      `${file} has two columns named "${column}". Choose one by its position: --map ${field}=${found + 1}`,
    );
  }
  if (found !== undefined) return found;
  const position = /^\d+$/.test(column) ? Number(column) : 0;
  if (position >= 1 && position <= names.length) return position - 1;
  throw usageError(`${file} has no column "${column}". ${listOf(names)} Correct --map ${field}=...`);
}

/** Names of columns that often hold a field. They are suggested and never used without --map. */
const USUAL: Readonly<Record<"title" | "project", ReadonlySet<string>>> = {
  title: new Set([
    "summary",
    "name",
    "task",
    "taskname",
    "taskname",
    "subject",
    "issue",
    "item",
    "todo",
    "titel",
  ]),
  project: new Set(["projectname", "projects", "board", "team", "repository", "epic", "component", "list"]),
};

function missing(field: "title" | "project", names: readonly string[], { file, map }: ColumnOptions) {
  const usual = names.find((name) => USUAL[field].has(columnKey(name)));
  const example = Object.entries(map).map(([key, column]) => `${key}=${column}`);
  const argument = [...example, `${field}=${usual ?? "COLUMN"}`].join(",");
  const option = /^[\w=,.-]+$/.test(argument) ? argument : `"${argument.replaceAll('"', '\\"')}"`;
  const instead = field === "project" ? ", or set one project for all rows with --project" : "";
  return usageError(
    `${file} has no column "${field}". ${listOf(names)} ` +
      `Name the columns in the first line (project,title,status), or choose one with --map ${option}${instead}.`,
  );
}

/** Quotes the first record. When the file has no header, this shows it. */
function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `"${name.length > 60 ? `${name.slice(0, 60)}...` : name}"`);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
  return `Its first line is: ${shown.join(", ")}${more}.`;
}
