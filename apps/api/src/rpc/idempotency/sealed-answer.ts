// The encryption of stored answers. The key depends on a key of the server and on the idempotency key, which only the
// caller has: a copy of the database cannot be read, not even with the keys of the server.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { KeyRing } from "../../identity/key-ring.ts";

/** The secret and the row that an answer is bound to. */
export interface Seal {
  readonly keys: KeyRing;
  /** The idempotency key. */
  readonly secret: string;
  /** The id of the row. An answer that was moved to another row cannot be opened. */
  readonly rowId: string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts an answer with AES-256-GCM. The nonce is random, because a row is written again when its key has expired. */
export function sealAnswer(seal: Seal, text: string): Buffer {
  const [key] = keysOf(seal);
  if (!key) throw new Error("A key ring has at least one key.");
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(seal.rowId));
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
}

/** Decrypts an answer. It returns null if none of the server's keys opens it. */
export function openAnswer(seal: Seal, sealed: Uint8Array): string | null {
  for (const key of keysOf(seal)) {
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(seal.rowId))
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8");
      return text + decipher.final("utf8");
    } catch {
      // Another key of the ring may open it.
    }
  }
  return null;
}

/** The key of the answer for each key of the server, newest first (HKDF, RFC 5869). */
const keysOf = ({ keys, secret, rowId }: Seal): Buffer[] =>
  keys
    .seeds("idempotency answer")
    .map((seed) => Buffer.from(hkdfSync("sha256", seed, secret, `projo answer ${rowId}`, 32)));
