import { Batch } from "./batch.ts";
import { importError } from "./import-error.ts";
import type { Caller } from "../explain.ts";
import type { Imported } from "./imported.ts";
import { isRefused, type RefusedRow, type TaskRow } from "./read-tasks.ts";
import type { SendBatch, Sent } from "./send-batch.ts";

export interface ImportOptions {
  /** Aborts when the user stops the import. */
  signal: AbortSignal;
  caller: Caller;
  send: SendBatch;
  /** Called after each batch with the byte offset in the file and the number of rows read so far. */
  update: (atByte: number, rows: number) => void;
}

/**
 * Sends the rows in file order, in calls of the largest size that the server accepts. One call runs at a time: no row is
 * imported before an earlier one, so an import that fails can report the last imported line.
 */
export async function importTasks(
  rows: AsyncIterable<TaskRow | RefusedRow>,
  { signal, caller, send, update }: ImportOptions,
): Promise<Imported> {
  const total: Imported = { created: 0, existing: 0, valid: 0, refused: [] };
  let batch = new Batch();
  let seen = 0;
  let doneToLine = 0;

  const flush = async () => {
    const last = batch.rows.at(-1);
    if (!last) return;
    add(total, await send(batch.rows, signal));
    doneToLine = last.line;
    update(last.endsAtByte, seen);
    batch = new Batch();
  };
  try {
    for await (const row of rows) {
      signal.throwIfAborted();
      if (isRefused(row)) total.refused.push(row);
      else {
        if (!batch.hasRoomFor(row)) await flush();
        batch.add(row);
      }
      seen += 1;
    }
    await flush();
  } catch (error) {
    throw importError(error, { total, doneToLine, stopped: signal.aborted, caller });
  }
  total.refused.sort((a, b) => a.line - b.line);
  return total;
}

function add(total: Imported, { created, existing, refused, valid }: Sent): void {
  total.created += created;
  total.existing += existing;
  total.valid += valid;
  total.refused.push(...refused);
}
