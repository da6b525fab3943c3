import type { RunStatement } from "../scope/run-statement.ts";

export interface Erasure {
  /** Whether the account loses its address, its password and its sessions too. False if it is left out. */
  readonly anonymise?: boolean;
}

/**
 * Takes a person's address, IPs and user agents out of every log, in steps that each commit. Broken off, it goes on
 * where it was when it is called again.
 * @returns how many entries and account events were changed
 */
export type ErasePerson = (userId: string, erasure?: Erasure) => Promise<number>;

/** Few enough for a statement's five seconds, also where each is in a workspace of its own. */
const STEP = 1_000;

export const personEraser =
  (run: RunStatement, step = STEP): ErasePerson =>
  async (userId, { anonymise = false } = {}) => {
    const erase = async (erasedSoFar: number): Promise<number> => {
      const { rows } = await run<{ changed: number }>(
        "erase_person",
        "SELECT projo_erase_person($1, $2, $3) AS changed",
        [userId, anonymise, step],
      );
      const changed = rows[0]?.changed ?? 0;
      return changed < step ? erasedSoFar + changed : erase(erasedSoFar + changed);
    };
    return erase(0);
  };
