// The exports of other tools, recognized by their column names.
import { columnKey } from "./column-name.ts";

export interface KnownExport {
  /** The name of the tool in a sentence, with its article. */
  tool: string;
  /** The columns that identify the export. */
  signature: readonly string[];
  /** True when the export has these columns only, in this order and letter case. */
  isWhole?: boolean;
  /** Columns of which the export has at least one. */
  oneOf?: readonly string[];
  /** For each field the columns that may hold it. The first one with a value counts. */
  title: readonly string[];
  status: readonly string[];
  project: readonly string[];
  id: readonly string[];
  /** A column with a time of completion: a row with a value is done. */
  completed?: string;
  /** True when the column of the status also holds other names, such as sections: an unknown one means todo. */
  hasFreeStatus?: boolean;
  /** True when an apostrophe is before texts that a spreadsheet would read as formulas, as `projo` writes CSV. */
  escapesFormulas?: boolean;
}

const exports: readonly KnownExport[] = [
  {
    tool: "a projo",
    signature: ["ID", "STATUS", "PROJECT", "TITLE", "CREATED"],
    isWhole: true,
    title: ["TITLE"],
    status: ["STATUS"],
    project: ["PROJECT"],
    // The ids are of the tasks that exist, which have no such key.
    id: [],
    escapesFormulas: true,
  },
  {
    tool: "a Jira",
    signature: ["Issue key", "Summary"],
    title: ["Summary"],
    status: ["Status", "Status Category"],
    project: ["Project name", "Project", "Project key"],
    id: ["Issue key"],
  },
  {
    tool: "a Linear",
    signature: ["ID", "Team", "Title", "Status"],
    title: ["Title"],
    status: ["Status"],
    project: ["Project", "Team"],
    id: ["ID"],
  },
  {
    tool: "an Asana",
    signature: ["Task ID", "Name"],
    oneOf: ["Section/Column", "Projects", "Completed At"],
    title: ["Name"],
    status: ["Section/Column", "Column", "Section"],
    project: ["Projects", "Project"],
    id: ["Task ID"],
    completed: "Completed At",
    hasFreeStatus: true,
  },
  {
    tool: "a Trello",
    signature: ["Card Name", "List Name"],
    title: ["Card Name"],
    status: ["List Name"],
    project: ["Board Name"],
    id: ["Card ID", "Card URL"],
  },
  {
    tool: "a GitHub",
    signature: ["Title", "URL"],
    oneOf: ["Status", "State"],
    title: ["Title"],
    status: ["Status", "State"],
    project: ["Repository", "Repository Name", "Repo"],
    id: ["URL"],
  },
];

/** Finds the tool whose export has these columns. */
export function recognizeExport(names: readonly string[]): KnownExport | undefined {
  const keys = new Set(names.map(columnKey));
  const has = (name: string) => keys.has(columnKey(name));
  return exports.find(
    ({ signature, isWhole, oneOf }) =>
      signature.every(has) &&
      (isWhole !== true || names.join() === signature.join()) &&
      (oneOf === undefined || oneOf.some(has)),
  );
}

const knownKeys: ReadonlySet<string> = new Set(
  [
    "project",
    "title",
    "status",
    ...exports.flatMap(({ title, status, project, id, completed = "" }) => [
      ...title,
      ...status,
      ...project,
      ...id,
      completed,
    ]),
  ]
    .map(columnKey)
    .filter((key) => key !== ""),
);

/** Returns true for a name of a column that an import reads. */
export const isKnownColumn = (name: string): boolean => knownKeys.has(columnKey(name));
