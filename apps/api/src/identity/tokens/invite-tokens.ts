// Each invite has two tokens, both 32 bytes in base64url after `pji_`. The inviter's token is random and shown once. The
// mailed token is only in the mail and therefore proves ownership of the mailbox: it is computed when the mail is sent,
// from one of the server's keys and a salt in the outbox. The database stores the SHA-256 hash of both.
import { createHash } from "node:crypto";
import type { KeyRing } from "../key-ring.ts";
import type { Randomness } from "../../runtime/randomness.ts";

const PREFIX = "pji_";
const BYTES = 32;

export interface NewInviteTokens {
  /** The inviter's token, which the inviter can share. */
  readonly token: string;
  readonly tokenHash: Buffer;
  readonly mailedTokenHash: Buffer;
  readonly tokenKid: number;
  readonly tokenSalt: Buffer;
}

export function newInviteTokens(keys: KeyRing, randomness: Randomness, inviteId: string): NewInviteTokens {
  const secret = randomness.bytes(BYTES);
  const origin = { kid: keys.newestKid, salt: randomness.bytes(BYTES), inviteId };
  const mailed = mailedSecret(keys, origin);
  if (!mailed) throw new Error("The newest key is missing.");
  return {
    token: PREFIX + secret.toString("base64url"),
    tokenHash: sha256(secret),
    mailedTokenHash: sha256(mailed),
    tokenKid: origin.kid,
    tokenSalt: origin.salt,
  };
}

export interface MailedTokenSource {
  readonly kid: number;
  readonly salt: Uint8Array;
  readonly inviteId: string;
}

/** The mailed token; null when the key ring has no key of that kid. */
export function mailedInviteToken(keys: KeyRing, origin: MailedTokenSource): string | null {
  const secret = mailedSecret(keys, origin);
  return secret && PREFIX + secret.toString("base64url");
}

/** The SHA-256 hash of the bytes of an invite token; null when the text is not an invite token. */
export function hashOfInviteToken(token: string): Buffer | null {
  if (!token.startsWith(PREFIX)) return null;
  const text = token.slice(PREFIX.length);
  const bytes = Buffer.from(text, "base64url");
  // Decoding ignores stray characters and bits, so the text must equal the canonical encoding.
  if (bytes.length !== BYTES || bytes.toString("base64url") !== text) return null;
  return sha256(bytes);
}

const mailedSecret = (keys: KeyRing, { kid, salt, inviteId }: MailedTokenSource): Buffer | null =>
  keys.mac(kid, salt, Buffer.from(`${PREFIX}mailed\0${inviteId}`));

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
