import type { RunStatement } from "../scope/run-statement.ts";

export interface Erasure {
  /** Whether to remove the account's address, password and sessions too. The default is false. */
  readonly anonymise?: boolean;
}

/**
 * Erases a user's address, IP addresses and user agents from every audit log and account event, in steps that commit
 * separately. After an interruption, the next call continues.
 * @returns the number of changed audit entries and account events
 */
export type ErasePerson = (userId: string, erasure?: Erasure) => Promise<number>;

/** Rows changed by one statement: few enough for the statement timeout of five seconds, even with one workspace per row. */
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
