import type { RefusedRow } from "./read-tasks.ts";

/** The result of an import. */
export interface Imported {
  created: number;
  /** Rows whose task exists from an earlier import. */
  existing: number;
  /** Rows that passed the checks. They were sent, except in a dry run. */
  valid: number;
  /** In file order. */
  refused: RefusedRow[];
}
