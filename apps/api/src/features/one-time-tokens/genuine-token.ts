import type { Purpose } from "@projostack/db";
import { parseOneTimeToken } from "../../infra/tokens.ts";
import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";

/** Whose token it is, and its id: of a token that is genuine, unused and not expired, for this purpose. @throws Failure token.invalid */
export async function genuineToken(
  { db, keys }: Services,
  token: string,
  purpose: Purpose,
): Promise<{ id: string; userId: string }> {
  const parsed = parseOneTimeToken(token, purpose);
  const record = parsed && (await db.accounts.findToken(parsed.claims.id, purpose));
  if (!parsed || !record || !parsed.isGenuine(keys, record.salt)) throw new Failure("token.invalid");
  return { id: parsed.claims.id, userId: record.userId };
}
