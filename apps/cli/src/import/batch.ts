import type { TaskRow } from "./read-tasks.ts";

/** The server's limit of rows in one call. */
const MAX_ROWS = 100;
/** Below the server's limit of 100 KB for a body. A title of 200 emoji takes 800 bytes, so 100 titles may exceed it. */
const MAX_BYTES = 90_000;
/** Bytes of the projectId member and the comma between rows. */
const OVERHEAD_BYTES = 60;

/** The rows of one call. */
export class Batch {
  readonly rows: TaskRow[] = [];
  #bytes = 0;

  hasRoomFor(row: TaskRow): boolean {
    return this.rows.length < MAX_ROWS && this.#bytes + bytesOf(row) <= MAX_BYTES;
  }

  add(row: TaskRow): void {
    this.rows.push(row);
    this.#bytes += bytesOf(row);
  }
}

const bytesOf = ({ title, status, externalId }: TaskRow): number =>
  Buffer.byteLength(JSON.stringify({ title, status, externalId })) + OVERHEAD_BYTES;
