import { Batch } from "./batch.ts";
import { brokenOff } from "./broken-off.ts";
import type { Teller } from "../explain.ts";
import { isRefused, type RefusedRow, type TaskRow } from "./read-tasks.ts";
import type { SendBatch, Sent } from "./send-batch.ts";

export interface Imported {
  created: number;
  /** Rows whose task an earlier import made. */
  existing: number;
  /** Rows that passed the checks: sent, unless it is a dry run. */
  valid: number;
  /** In the order of the file. */
  refused: RefusedRow[];
}

export interface ImportOptions {
  /** Aborts when the person wants to stop. */
  signal: AbortSignal;
  teller: Teller;
  send: SendBatch;
  /** Called with how far into the file the rows are dealt with, and how many they are. */
  update: (atByte: number, rows: number) => void;
}

/**
 * Sends the rows in their order, in calls as large as the server takes. One call at a time: a later row is never there
 * while an earlier one is not, so that an import that broke off can say how far it came.
 */
export async function importTasks(
  rows: AsyncIterable<TaskRow | RefusedRow>,
  { signal, teller, send, update }: ImportOptions,
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
    throw brokenOff(error, { total, doneToLine, stopped: signal.aborted, teller });
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
