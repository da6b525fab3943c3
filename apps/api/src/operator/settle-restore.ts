import type { Db, RestoredState } from "@projostack/db";
import { systemRandomness } from "../runtime/randomness.ts";

export interface RestoreReport extends RestoredState {
  /** Whether the sessions, links and mails were ended. If false, nothing is changed, and they are only counted. */
  readonly isSettled: boolean;
}

/** Ends all sessions, deletes mailed links and holds mails after the database was restored to an earlier time. */
export async function settleRestore(
  db: Db,
  { confirmed }: { readonly confirmed: boolean },
): Promise<RestoreReport> {
  const state = confirmed
    ? await db.afterRestore.settle(() => systemRandomness.newId())
    : await db.afterRestore.count();
  return { ...state, isSettled: confirmed };
}
