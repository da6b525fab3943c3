// `pja_` and 48 bytes in base64url: the session's id, which is public, and its secret, which is not stored.
import { createHash } from "node:crypto";

const PREFIX = "pja_";
const TOKEN = /^pja_[\w-]{64}$/;

export interface AccessToken {
  readonly sessionId: string;
  readonly secret: Buffer;
}

/** @param secret 32 random bytes */
export function formatAccessToken({ sessionId, secret }: AccessToken): string {
  const id = Buffer.from(sessionId.replaceAll("-", ""), "hex");
  return PREFIX + Buffer.concat([id, secret]).toString("base64url");
}

/** The token's parts, or null when it is not of a token's form. */
export function parseAccessToken(token: string): AccessToken | null {
  if (!TOKEN.test(token)) return null;
  const bytes = Buffer.from(token.slice(PREFIX.length), "base64url");
  const id = bytes.toString("hex", 0, 16);
  const sessionId = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { sessionId, secret: bytes.subarray(16) };
}

/** What is stored of the secret. It has 256 random bits, so a plain hash cannot be searched. */
export function hashSecret(secret: Uint8Array): Buffer {
  return createHash("sha256").update(secret).digest();
}
