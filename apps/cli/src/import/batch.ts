import type { TaskRow } from "./read-tasks.ts";

/** What the server takes in one call. */
const MOST_ROWS = 100;
/** A body may have 100 KB. Two hundred emoji take 800 bytes, so a hundred long titles would not always fit. */
const MOST_BYTES = 90_000;
/** The projectId with its key, and the comma. */
const BYTES_BESIDE = 60;

/** Rows that go in one call. */
export class Batch {
  readonly rows: TaskRow[] = [];
  #bytes = 0;

  hasRoomFor(row: TaskRow): boolean {
    return this.rows.length < MOST_ROWS && this.#bytes + bytesOf(row) <= MOST_BYTES;
  }

  add(row: TaskRow): void {
    this.rows.push(row);
    this.#bytes += bytesOf(row);
  }
}

const bytesOf = ({ title, status, externalId }: TaskRow): number =>
  Buffer.byteLength(JSON.stringify({ title, status, externalId })) + BYTES_BESIDE;
