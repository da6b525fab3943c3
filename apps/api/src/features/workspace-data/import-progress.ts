import type { ImportRow } from "@projostack/db";
import type { WorkspaceRows } from "@projostack/contract";

export type FileName = keyof WorkspaceRows;

const files = [
  "members",
  "invites",
  "serviceKeys",
  "projects",
  "tasks",
  "history",
] as const satisfies readonly FileName[];

/** The number of imported lines of each file. */
export const toProgress = (row: Pick<ImportRow, "progress"> | null): Record<FileName, number> =>
  Object.fromEntries(files.map((file) => [file, row?.progress[file] ?? 0])) as Record<FileName, number>;
