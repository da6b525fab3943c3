// An invite is opened by either of two tokens, both 32 bytes in base64url after `pji_`. One is random, and shown once
// to who invites. The other is in the mail alone, and so proves the mailbox: it is made when the mail is sent, by one
// of the server's keys and a salt that waits in the outbox. Of both the database keeps SHA-256.
import { createHash } from "node:crypto";
import type { KeyRing } from "../key-ring.ts";
import type { Randomness } from "../../runtime/randomness.ts";

const PREFIX = "pji_";
const BYTES = 32;

export interface NewInviteTokens {
  /** For the inviter, who may hand it over. */
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
  if (!mailed) throw new Error("The newest key is not there.");
  return {
    token: PREFIX + secret.toString("base64url"),
    tokenHash: sha256(secret),
    mailedTokenHash: sha256(mailed),
    tokenKid: origin.kid,
    tokenSalt: origin.salt,
  };
}

export interface MailedOrigin {
  readonly kid: number;
  readonly salt: Uint8Array;
  readonly inviteId: string;
}

/** The token for the mail; null when the server's key of that number is gone. */
export function mailedInviteToken(keys: KeyRing, origin: MailedOrigin): string | null {
  const secret = mailedSecret(keys, origin);
  return secret && PREFIX + secret.toString("base64url");
}

/** SHA-256 of what an invite's token holds; null when it is none. */
export function hashOfInviteToken(token: string): Buffer | null {
  if (!token.startsWith(PREFIX)) return null;
  const text = token.slice(PREFIX.length);
  const bytes = Buffer.from(text, "base64url");
  // Decoding passes over stray characters and bits: a token is its one spelling, or none.
  if (bytes.length !== BYTES || bytes.toString("base64url") !== text) return null;
  return sha256(bytes);
}

const mailedSecret = (keys: KeyRing, { kid, salt, inviteId }: MailedOrigin): Buffer | null =>
  keys.mac(kid, salt, Buffer.from(`${PREFIX}mailed\0${inviteId}`));

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
