import type { Db } from "@projostack/db";
import { systemRandomness } from "../runtime/randomness.ts";
import { findAccount } from "./find-account.ts";

/**
 * Ends every session of an account and records it. The user can sign in again.
 * @returns the number of sessions
 * @throws CommandRefused when the account does not exist
 */
export async function signOutPerson(db: Db, email: string): Promise<number> {
  const user = await findAccount(db, email);
  const event = { id: systemRandomness.newId(), action: "sessions.ended", requestId: null } as const;
  return db.accounts.endSessions(user.id, { ...event, ip: null, userAgent: null });
}
