import { type CreatedTasks, isProjoError, type TasksCreateManyInput } from "@projostack/sdk";
import { CliError } from "../cli-error.ts";
import type { WorkspaceClient } from "../connection/server.ts";
import type { Patiently } from "./patiently.ts";
import type { ProjectIds } from "./project-ids.ts";
import type { RefusedRow, TaskRow } from "./read-tasks.ts";

export interface Sent {
  created: number;
  existing: number;
  valid: number;
  refused: RefusedRow[];
}

export type SendBatch = (rows: readonly TaskRow[], signal: AbortSignal) => Promise<Sent>;

/** Sends nothing, for a dry run. */
export const skipSending: SendBatch = async (rows) => ({
  created: 0,
  existing: 0,
  valid: rows.length,
  refused: [],
});

interface Prepared {
  row: TaskRow;
  item: TasksCreateManyInput["items"][number];
}

export interface SenderOptions {
  projectIdOf: ProjectIds;
  /** Runs a call that may be repeated. */
  patiently: Patiently;
}

/** A row as the server refuses it. */
const refusedRow = ({ line, externalId, fields }: TaskRow, field: string, reason: string): RefusedRow => ({
  line,
  field,
  reason,
  externalId,
  fields,
});

/**
 * Creates the tasks. A call succeeds or fails as a whole, so refused rows are removed and the others are sent again.
 * Sending a row twice is safe: the server identifies it by its externalId.
 */
export const createSender =
  (workspace: WorkspaceClient, { projectIdOf, patiently }: SenderOptions): SendBatch =>
  async (rows, signal) => {
    const refused: RefusedRow[] = [];
    let prepared: Prepared[] = [];
    for (const row of rows) {
      const { project, title, status, externalId } = row;
      const answer = await patiently(() => projectIdOf(project), signal);
      if ("reason" in answer) refused.push(refusedRow(row, "project", answer.reason));
      else prepared.push({ row, item: { projectId: answer.id, title, status, externalId } });
    }
    const create = (input: TasksCreateManyInput) =>
      // `patiently` repeats the call, also for longer than the SDK.
      patiently(() => workspace.tasks.createMany(input, { signal, maxRetries: 0 }), signal);
    while (prepared.length > 0) {
      const outcome = await tryToSend(create, prepared).catch((error: unknown) =>
        explainMissing(error, { workspace, prepared }),
      );
      if (Array.isArray(outcome)) {
        refused.push(...outcome);
        const lines = new Set(outcome.map(({ line }) => line));
        prepared = prepared.filter(({ row }) => !lines.has(row.line));
      } else {
        const created = outcome.items.filter((item) => item.created).length;
        return { created, existing: outcome.items.length - created, valid: prepared.length, refused };
      }
    }
    return { created: 0, existing: 0, valid: 0, refused };
  };

/** Returns the created tasks, or the rows that the server refuses. */
async function tryToSend(
  create: (input: TasksCreateManyInput) => Promise<CreatedTasks>,
  prepared: readonly Prepared[],
): Promise<CreatedTasks | RefusedRow[]> {
  try {
    return await create({ items: prepared.map(({ item }) => item) });
  } catch (error) {
    const refused = refusedRows(error, prepared);
    if (refused.length === 0) throw error;
    return refused;
  }
}

/** Maps the server's field errors to rows: `items.17.title` is the title of the eighteenth row. */
function refusedRows(error: unknown, prepared: readonly Prepared[]): RefusedRow[] {
  if (!isProjoError(error) || error.reason !== "input.invalid") return [];
  const byLine = new Map<number, RefusedRow>();
  for (const [path, [reason]] of Object.entries(error.fieldErrors ?? {})) {
    const [, index, field] = /^items\.(\d+)(?:\.(.+))?$/.exec(path) ?? [];
    const row = index === undefined ? undefined : prepared[Number(index)]?.row;
    if (row === undefined || reason === undefined || byLine.has(row.line)) continue;
    byLine.set(row.line, refusedRow(row, field ?? "row", reason));
  }
  return Array.from(byLine.values());
}

/**
 * Names the project that was deleted during the import. It is not created again here: tasks of earlier rows were deleted with
 * it, and only a new run imports them again.
 */
async function explainMissing(
  error: unknown,
  { workspace, prepared }: { workspace: WorkspaceClient; prepared: readonly Prepared[] },
): Promise<never> {
  if (!isProjoError(error) || error.reason !== "project.not_found") throw error;
  const names = new Map(prepared.map(({ row, item }) => [item.projectId, row.project]));
  for (const [id, name] of names) {
    const isMissing = await workspace.projects.get({ id }).then(
      () => false,
      (cause: unknown) => isProjoError(cause) && cause.reason === "project.not_found",
    );
    if (!isMissing) continue;
    throw new CliError("project.not_found", `The project "${name}" was deleted during the import.`, {
      cause: error,
    });
  }
  throw error;
}
