// Creates a session for every user in the product's table. The tokens have the format of tokens that the product issues.
import { formatAccessToken } from "@projostack/api/tokens";
import type { KeyRing } from "@projostack/api/key-ring";
import { createHash, createHmac } from "node:crypto";
import type { Owner } from "../database/bench-database.ts";

export async function seedSessions(owner: Owner): Promise<void> {
  await owner.query(
    `INSERT INTO sessions (id, user_id, salt, confirmed, expires_at, absolute_expires_at)
     SELECT gen_random_uuid(), id, sha256(convert_to('salt ' || id, 'UTF8')), true,
            now() + interval '14 days', now() + interval '30 days' FROM users`,
  );
}

/** The credentials of a user for each kind of contender. */
export interface Tokens {
  readonly product: string;
  readonly usual: string;
  readonly betterAuth: string;
}

export interface Keys {
  /** The key ring of the product. */
  readonly ring: KeyRing;
  readonly betterAuthSecret: string;
}

/** The lifetime of the tokens, which is the longest duration of a benchmark. */
const SECONDS = 3_600;

export function tokensOf({ userId, sessionId }: { userId: string; sessionId: string }, keys: Keys): Tokens {
  const salt = sha256(`salt ${userId}`);
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + SECONDS;
  const token = sha256(`better-auth ${userId}`).toString("hex").slice(0, 32);
  const code = createHmac("sha256", keys.betterAuthSecret).update(token).digest("base64");
  return {
    product: formatAccessToken(keys.ring, salt, { sessionId, generation: 1, expiresAtSeconds }),
    usual: sha256(`usual ${userId}`).toString("hex"),
    // The format of the set-auth-token header, with which better-auth issues tokens.
    betterAuth: encodeURIComponent(`${token}.${code}`),
  };
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
