import { Batch } from "./batch.ts";
import { importError } from "./import-error.ts";
import type { Caller } from "../explain.ts";
import { type Imported, MAX_REFUSED } from "./imported.ts";
import { isRefused, type RefusedRow, type TaskRow } from "./read-tasks.ts";
import type { SendBatch } from "./send-batch.ts";

export interface ImportOptions {
  /** Aborts when the user stops the import. */
  signal: AbortSignal;
  caller: Caller;
  send: SendBatch;
  /** Called with the refused rows, in file order. */
  report: (refused: readonly RefusedRow[]) => Promise<void>;
  /** Called after each batch with the byte offset in the file and the number of rows read so far. */
  update: (atByte: number, rows: number) => void;
}

/** Refused rows that wait for the rows of the next call, so that the report is in file order. */
const MAX_WAITING = 500;

/**
 * Sends the rows in file order, in calls of the largest size that the server accepts. One call runs at a time: no row is
 * imported before an earlier one, so an import that fails can report the last imported line.
 */
export async function importTasks(
  rows: AsyncIterable<TaskRow | RefusedRow>,
  { signal, caller, send, report, update }: ImportOptions,
): Promise<Imported> {
  const total: Imported = { created: 0, existing: 0, valid: 0, refusedRows: 0, refused: [] };
  let batch = new Batch();
  let waiting: RefusedRow[] = [];
  let seen = 0;
  let doneToLine = 0;

  const flush = async () => {
    const last = batch.rows.at(-1);
    if (last) {
      const { created, existing, valid, refused } = await send(batch.rows, signal);
      total.created += created;
      total.existing += existing;
      total.valid += valid;
      waiting.push(...refused);
      doneToLine = last.line;
      update(last.endsAtByte, seen);
      batch = new Batch();
    }
    const refused = waiting.toSorted((a, b) => a.line - b.line);
    waiting = [];
    total.refusedRows += refused.length;
    // The fields are only for the report, and may be long.
    const kept = refused.slice(0, Math.max(0, MAX_REFUSED - total.refused.length));
    total.refused.push(...kept.map(({ line, field, reason }) => ({ line, field, reason })));
    await report(refused);
  };
  try {
    for await (const row of rows) {
      signal.throwIfAborted();
      if (isRefused(row)) {
        waiting.push(row);
        if (waiting.length >= MAX_WAITING) await flush();
      } else {
        if (!batch.hasRoomFor(row)) await flush();
        batch.add(row);
      }
      seen += 1;
    }
    await flush();
  } catch (error) {
    throw importError(error, { total, doneToLine, stopped: signal.aborted, caller });
  }
  return total;
}
