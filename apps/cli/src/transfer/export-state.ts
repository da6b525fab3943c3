// The state of an export that is not complete, so that the same command continues it.
import type { WorkspaceTable } from "@projostack/sdk";
import { parseObject } from "../audit/json.ts";
import { usageError } from "../cli-error.ts";
import type { ExportDirectory } from "./export-directory.ts";
import { isLeftFile, MANIFEST, STATE } from "./files.ts";
import { invalid, type ExportedWorkspace } from "./manifest.ts";

export interface ExportState {
  readonly server: string;
  readonly workspace: ExportedWorkspace;
  /** For each table, the state of its rows when reading began, and whether all rows were read. */
  readonly tables: Partial<Record<WorkspaceTable, { readonly state: string; readonly done: boolean }>>;
  /** The number of the last audit entry of the export. */
  readonly auditUntil?: number;
}

/** Checks the directory for an export. @returns the state of an export to continue, or undefined for a new one */
export async function readExportState(directory: ExportDirectory): Promise<ExportState | undefined> {
  const files = (await directory.list()).filter((file) => !isLeftFile(file));
  if (files.includes(MANIFEST))
    throw usageError(`${directory.name} contains a complete export. Choose another directory.`);
  const text = await directory.read(STATE);
  if (text === undefined) {
    const [other] = files;
    if (other !== undefined)
      throw usageError(
        `${directory.name} contains other files, such as ${other}. Choose an empty or a new directory.`,
      );
    return undefined;
  }
  const state = parseObject(text);
  if (!state || typeof state["workspace"] !== "object" || typeof state["tables"] !== "object")
    throw invalid(`${directory.name}/${STATE} is damaged. Delete the directory, then export again.`);
  return state as unknown as ExportState;
}

export const saveExportState = (directory: ExportDirectory, state: ExportState): Promise<void> =>
  directory.replace(STATE, `${JSON.stringify(state, null, 2)}\n`);
