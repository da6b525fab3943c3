import type { Purpose } from "@projostack/db";
import { tokenStatusOf } from "../../identity/tokens/token-forms.ts";
import { parseOneTimeToken } from "../../identity/tokens/tokens.ts";
import type { Context } from "../../rpc/context.ts";
import { refuseCredential } from "../../rpc/checks/refuse-credential.ts";

/**
 * Returns the id and the user of a token that is genuine, unused, not expired and issued for this purpose.
 * @throws Failure token.invalid, limit.exceeded
 */
export async function findValidToken(
  ctx: Context,
  token: string,
  purpose: Purpose,
): Promise<{ id: string; userId: string }> {
  const { db, keys, tokenForms: forms } = ctx.services;
  const parsed = parseOneTimeToken(token, purpose);
  const isForged = tokenStatusOf(parsed, "oneTime", { keys, forms }) === "forged";
  // A repeated call has a used token, and must not be counted as a refused credential.
  const [record] = await Promise.all([
    !parsed || isForged ? null : db.accounts.findToken(parsed.claims.id, purpose),
    ctx.once?.check(),
  ]);
  if (!parsed || !record || !parsed.isGenuine(keys, record.salt))
    return refuseCredential(ctx, "token.invalid");
  return { id: parsed.claims.id, userId: record.userId };
}
