// The server's secret keys, newest first. The newest key signs, and all keys verify. Each purpose has a key derived from
// them, so a code for one purpose is never valid for another.
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inDataDirectory, openDataDirectory } from "../runtime/data-directory.ts";
import { KeyRingError, parseKeyPairs } from "./key-pairs.ts";

export interface KeyRing {
  /** The kid of the key that signs. */
  readonly newestKid: number;
  /** The kids of all keys, newest first. */
  readonly kids: readonly number[];
  /** A 32-byte MAC with the key of that kid and a salt; null when there is no such key. */
  mac(kid: number, salt: Uint8Array, message: Uint8Array): Buffer | null;
  /** A 16-byte MAC with the key of that kid for a purpose, without a salt; null when there is no such key. */
  check(kid: number, purpose: string, message: Uint8Array): Buffer | null;
  /** A 16-byte MAC with the newest key, for values that are not stored and need no salt. */
  sign(purpose: string, message: string): Buffer;
  /** A 32-byte seed for a purpose from each key, newest first, to derive other keys from. */
  seeds(purpose: string): Buffer[];
  /** Whether any key made this MAC. The comparison takes constant time for each key. */
  verify(purpose: string, message: string, code: Uint8Array): boolean;
}

export { KeyRingError } from "./key-pairs.ts";

const CODE_BYTES = 16;

/** @throws KeyRingError when `parseKeyPairs` does not accept the text */
export function parseKeyRing(text: string): KeyRing {
  const pairs = parseKeyPairs(text);
  const keys = new Map(pairs.map(({ kid, key }) => [kid, key]));
  const [{ kid: newestKid, key: newestKey }] = pairs;
  return {
    newestKid,
    kids: [...keys.keys()],
    mac: (kid, salt, message) => {
      const key = keys.get(kid);
      if (!key) return null;
      // The key depends on the salt of the row, so neither the database nor the server's key alone is enough to compute a
      // MAC.
      return createHmac("sha256", saltedKey(key, salt)).update(message).digest();
    },
    check: (kid, purpose, message) => {
      const key = keys.get(kid);
      return key ? codeOf(key, purpose, message) : null;
    },
    sign: (purpose, message) => codeOf(newestKey, purpose, message),
    seeds: (purpose) => [...keys.values()].map((key) => seedOf(key, purpose)),
    verify: (purpose, message, code) =>
      code.length === CODE_BYTES &&
      [...keys.values()].some((key) => timingSafeEqual(codeOf(key, purpose, message), code)),
  };
}

/** Recently derived keys, by server key and salt. The entries never become stale. */
const saltedKeyCache = new WeakMap<Buffer, Map<string, Buffer>>();
const MAX_SALTED_KEYS = 4_096;

/**
 * Derives a key from a salt. It is cached for the many requests of a session, because it takes as long as the MAC itself.
 */
function saltedKey(key: Buffer, salt: Uint8Array): Buffer {
  const known = cacheOf(saltedKeyCache, key);
  const name = Buffer.from(salt.buffer, salt.byteOffset, salt.byteLength).toString("latin1");
  const before = known.get(name);
  if (before) return before;
  const salted = createHmac("sha256", key).update(salt).digest();
  const [oldest] = known.keys();
  if (known.size >= MAX_SALTED_KEYS && oldest !== undefined) known.delete(oldest);
  known.set(name, salted);
  return salted;
}

/** The cached values of a server key, by name. */
function cacheOf(all: WeakMap<Buffer, Map<string, Buffer>>, key: Buffer): Map<string, Buffer> {
  const known = all.get(key) ?? new Map<string, Buffer>();
  all.set(key, known);
  return known;
}

/**
 * Loads the keys from the data directory and creates them at the first start. Only the owner can read the file (mode 0600).
 */
export function loadKeyRing(dataDir: string): KeyRing {
  const path = join(dataDir, "token-keys");
  openDataDirectory(dataDir);
  const text = inDataDirectory(dataDir, () => {
    if (!existsSync(path)) createKeys(path);
    return readFileSync(path, "utf8").trim();
  });
  try {
    return parseKeyRing(text);
  } catch (error) {
    if (!(error instanceof KeyRingError)) throw error;
    throw new KeyRingError(
      `${path} contains no valid keys. Restore it from a backup. Without a backup, delete it: the server makes new keys, and all users must sign in again.`,
      { cause: error },
    );
  }
}

/**
 * The file is written in full under another name, so that a full disk leaves no empty file. The link fails if the file exists:
 * of two servers that start at the same time, one creates it and both read it.
 */
function createKeys(path: string): void {
  const draft = `${path}.${randomBytes(6).toString("hex")}.new`;
  try {
    writeFileSync(draft, `1:${randomBytes(32).toString("base64url")}\n`, {
      flag: "wx",
      mode: 0o600,
      flush: true,
    });
    putInPlace(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

function putInPlace(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") return;
    // Some file systems have no hard links. A rename is as safe here, except for two servers that start at the same time.
    renameSync(draft, path);
  }
}

function codeOf(key: Buffer, purpose: string, message: string | Uint8Array): Buffer {
  // HMAC-SHA256 truncated to 128 bits (RFC 2104, section 5).
  return createHmac("sha256", seedOf(key, purpose)).update(message).digest().subarray(0, CODE_BYTES);
}

/** Derives an independent key for each purpose with HKDF (RFC 5869). */
function seedOf(key: Buffer, purpose: string): Buffer {
  // The key is cached, because deriving it takes as long as reading a row from the database.
  const known = cacheOf(seedCache, key);
  const before = known.get(purpose);
  if (before) return before;
  const seed = Buffer.from(hkdfSync("sha256", key, "", `projo ${purpose}`, 32));
  known.set(purpose, seed);
  return seed;
}

const seedCache = new WeakMap<Buffer, Map<string, Buffer>>();
