// The server's secret keys, newest first: the first signs, all of them verify. Each purpose takes a key of its
// own from them, so that what is made for one never passes for another.
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface KeyRing {
  /** A 16-byte authentication code by the newest key. */
  sign(purpose: string, message: string): Buffer;
  /** Whether any key made this code, in constant time for each key. */
  verify(purpose: string, message: string, code: Uint8Array): boolean;
}

/** The keys are not of the form they must have. */
export class KeyRingError extends Error {
  override readonly name = "KeyRingError";
}

const CODE_BYTES = 16;

/** @param text `kid:key` pairs separated by commas; a key is at least 32 bytes in base64url */
export function parseKeyRing(text: string): KeyRing {
  const keys = text.split(",").map((pair) => {
    const [, encoded] = /^\s*[\w-]{1,32}:([\w-]+)\s*$/.exec(pair) ?? [];
    const key = Buffer.from(encoded ?? "", "base64url");
    if (key.length < 32) {
      throw new KeyRingError(
        "PROJO_TOKEN_KEYS must be kid:key pairs, each key 32 bytes or more in base64url.",
      );
    }
    return key;
  });
  return {
    sign: (purpose, message) => {
      const [newest] = keys;
      if (!newest) throw new KeyRingError("PROJO_TOKEN_KEYS holds no key.");
      return codeOf(newest, purpose, message);
    },
    verify: (purpose, message, code) =>
      code.length === CODE_BYTES && keys.some((key) => timingSafeEqual(codeOf(key, purpose, message), code)),
  };
}

function codeOf(key: Buffer, purpose: string, message: string): Buffer {
  // HKDF (RFC 5869) gives each purpose an independent key; HMAC-SHA256 is cut to 128 bits (RFC 2104, section 5).
  const purposeKey = Buffer.from(hkdfSync("sha256", key, "", `projo ${purpose}`, 32));
  return createHmac("sha256", purposeKey).update(message).digest().subarray(0, CODE_BYTES);
}

/** The keys under the data directory, made at the first start. The file is its owner's alone (0600). */
export function loadKeyRing(dataDir: string): KeyRing {
  const path = join(dataDir, "token-keys");
  // Others may pass through, as the database's own user must where the server is root; they see nothing in it.
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  try {
    // Exclusively: of two servers that start at once, one makes the file and both read it.
    writeFileSync(path, `1:${randomBytes(32).toString("base64url")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return parseKeyRing(readFileSync(path, "utf8").trim());
}
