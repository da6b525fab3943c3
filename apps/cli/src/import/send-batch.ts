import { setTimeout as wait } from "node:timers/promises";
import {
  type CreatedTasks,
  isProjoError,
  ProjoConnectionError,
  type TasksCreateManyInput,
} from "@projostack/sdk";
import type { WorkspaceClient } from "../server.ts";
import { retryAfterLimit } from "../retry-after-limit.ts";
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
  line: number;
  item: TasksCreateManyInput["items"][number];
}

/**
 * Creates the tasks. A call succeeds or fails as a whole, so refused rows are removed and the others are sent again.
 * Sending a row twice is safe: the server identifies it by its externalId.
 */
export const createSender =
  (workspace: WorkspaceClient, projectIdOf: ProjectIds): SendBatch =>
  async (rows, signal) => {
    const refused: RefusedRow[] = [];
    let prepared: Prepared[] = [];
    for (const { line, project, title, status, externalId } of rows) {
      const answer = await projectIdOf(project);
      if ("reason" in answer) refused.push({ line, field: "project", reason: answer.reason });
      else prepared.push({ line, item: { projectId: answer.id, title, status, externalId } });
    }
    while (prepared.length > 0) {
      const outcome = await tryToSend(workspace, prepared, signal);
      if (Array.isArray(outcome)) {
        refused.push(...outcome);
        const lines = new Set(outcome.map(({ line }) => line));
        prepared = prepared.filter(({ line }) => !lines.has(line));
      } else {
        const created = outcome.items.filter((item) => item.created).length;
        return { created, existing: outcome.items.length - created, valid: prepared.length, refused };
      }
    }
    return { created: 0, existing: 0, valid: 0, refused };
  };

/** Returns the created tasks, or the rows that the server refuses. */
async function tryToSend(
  workspace: WorkspaceClient,
  prepared: readonly Prepared[],
  signal: AbortSignal,
): Promise<CreatedTasks | RefusedRow[]> {
  const input = { items: prepared.map(({ item }) => item) };
  try {
    const send = () => workspace.tasks.createMany(input, { signal });
    return await retryTransient(() => retryAfterLimit(send, signal), signal);
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
    const line = index === undefined ? undefined : prepared[Number(index)]?.line;
    if (line === undefined || reason === undefined || byLine.has(line)) continue;
    byLine.set(line, { line, field: field ?? "row", reason });
  }
  return Array.from(byLine.values());
}

const PAUSES_MS = [300, 1500];
/** Statuses of the server, or of a proxy, for a temporary failure. */
const TRANSIENT_STATUSES = new Set([429, 502, 503, 504]);

/** Repeats the call after a temporary failure. The SDK repeats queries only: it cannot know that this call is idempotent. */
async function retryTransient<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await call();
    } catch (error) {
      if (!isTransient(error)) throw error;
      await wait(Math.max(pauseMs, (error.retryAfterSeconds ?? 0) * 1000), undefined, { signal });
    }
  }
  return await call();
}

function isTransient(error: unknown): error is Error & { retryAfterSeconds?: number | undefined } {
  return (
    error instanceof ProjoConnectionError ||
    (isProjoError(error) && TRANSIENT_STATUSES.has(error.status ?? 0))
  );
}
