import { HashingBusy } from "../../identity/passwords/argon2-gate.ts";
import type { Account } from "../../identity/sessions/sessions.ts";
import type { Context } from "../../rpc/context.ts";
import { gatePlaceOf } from "../../rpc/checks/gate-place.ts";

/** Hashes the password again with the current parameters. If the hashing queue is full, the next sign-in tries again. */
export async function upgradeHash(ctx: Context, { id, passwordHash }: Account, password: string) {
  const { db, passwords } = ctx.services;
  try {
    await db.accounts.upgradeHash(id, passwordHash, await passwords.hash(password, gatePlaceOf(ctx)));
  } catch (error) {
    if (!(error instanceof HashingBusy)) throw error;
    ctx.log.info({ userId: id }, "a password's hash is not upgraded yet: too many are being hashed");
  }
}
