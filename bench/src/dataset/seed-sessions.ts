// Everybody is signed in, in the product's own table. The tokens are those that the product would have given out.
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

/** With what a person is known to each of the contenders. */
export interface Tokens {
  readonly product: string;
  readonly usual: string;
  readonly betterAuth: string;
}

export interface Keys {
  /** The product's. */
  readonly ring: KeyRing;
  readonly betterAuthSecret: string;
}

/** As long as a benchmark may take. */
const SECONDS = 3_600;

export function tokensOf({ userId, sessionId }: { userId: string; sessionId: string }, keys: Keys): Tokens {
  const salt = sha256(`salt ${userId}`);
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + SECONDS;
  const token = sha256(`better-auth ${userId}`).toString("hex").slice(0, 32);
  const code = createHmac("sha256", keys.betterAuthSecret).update(token).digest("base64");
  return {
    product: formatAccessToken(keys.ring, salt, { sessionId, generation: 1, expiresAtSeconds }),
    usual: sha256(`usual ${userId}`).toString("hex"),
    // In the form in which it is handed out, in the header set-auth-token.
    betterAuth: encodeURIComponent(`${token}.${code}`),
  };
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
