import type { RefusedRow } from "./read-tasks.ts";

/** The result of an import. */
export interface Imported {
  created: number;
  /** Rows whose task exists from an earlier import. */
  existing: number;
  /** Rows that passed the checks. They were sent, except in a dry run. */
  valid: number;
  refusedRows: number;
  /** The first refused rows, in file order. The report has all of them. */
  refused: RefusedRow[];
}

/** The number of refused rows that an import keeps in memory. */
export const MAX_REFUSED = 1_000;
