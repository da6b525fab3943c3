// The server's secret keys, newest first: the first signs, all of them verify. Each purpose takes a key of its
// own from them, so that what is made for one never passes for another.
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface KeyRing {
  /** Which key signs now. */
  readonly newestKid: number;
  /** A 32-byte code by the key of that id and a salt; null when there is no such key. */
  mac(kid: number, salt: Uint8Array, message: Uint8Array): Buffer | null;
  /** A 16-byte code by the key of that id for a purpose, without a salt; null when there is no such key. */
  check(kid: number, purpose: string, message: Uint8Array): Buffer | null;
  /** A 16-byte code by the newest key, for what is not stored and needs no salt. */
  sign(purpose: string, message: string): Buffer;
  /** 32 bytes for a purpose from each key, the newest first, to make other keys of. */
  seeds(purpose: string): Buffer[];
  /** Whether any key made this code, in constant time for each key. */
  verify(purpose: string, message: string, code: Uint8Array): boolean;
}

/** The keys are not of the form they must have. */
export class KeyRingError extends Error {
  override readonly name = "KeyRingError";
}

const CODE_BYTES = 16;

/** @param text `kid:key` pairs separated by commas; a kid is 1 to 65535, a key at least 32 bytes in base64url */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map(text.split(",").map(parseKey));
  const [newest] = keys;
  if (!newest || keys.size !== text.split(",").length) {
    throw new KeyRingError("PROJO_TOKEN_KEYS names one kid twice. Give each key a number of its own.");
  }
  const [newestKid, newestKey] = newest;
  return {
    newestKid,
    mac: (kid, salt, message) => {
      const key = keys.get(kid);
      if (!key) return null;
      // The salt makes a key of the session's own: neither the database nor the server's key alone makes a code.
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

/** Keys that were made of salts lately, by the server's key and the salt. Nothing in them can go out of date. */
const saltedKeys = new WeakMap<Buffer, Map<string, Buffer>>();
const MOST_SALTED = 4_096;

/** Made once for the many requests of a session: it takes as long as the code itself. */
function saltedKey(key: Buffer, salt: Uint8Array): Buffer {
  const known = mapOf(saltedKeys, key);
  const name = Buffer.from(salt.buffer, salt.byteOffset, salt.byteLength).toString("latin1");
  const before = known.get(name);
  if (before) return before;
  const salted = createHmac("sha256", key).update(salt).digest();
  const [oldest] = known.keys();
  if (known.size >= MOST_SALTED && oldest !== undefined) known.delete(oldest);
  known.set(name, salted);
  return salted;
}

/** What is kept of a key, by name. */
function mapOf(all: WeakMap<Buffer, Map<string, Buffer>>, key: Buffer): Map<string, Buffer> {
  const known = all.get(key) ?? new Map<string, Buffer>();
  all.set(key, known);
  return known;
}

function parseKey(pair: string): [number, Buffer] {
  const [, kid = "", encoded = ""] = /^\s*([1-9]\d{0,4}):([\w-]+)\s*$/.exec(pair) ?? [];
  const key = Buffer.from(encoded, "base64url");
  if (key.length < 32 || Number(kid) > 65_535) {
    throw new KeyRingError(
      "PROJO_TOKEN_KEYS must be kid:key pairs: a number from 1 to 65535, and 32 bytes or more in base64url.",
    );
  }
  return [Number(kid), key];
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

function codeOf(key: Buffer, purpose: string, message: string | Uint8Array): Buffer {
  // HMAC-SHA256 is cut to 128 bits (RFC 2104, section 5).
  return createHmac("sha256", seedOf(key, purpose)).update(message).digest().subarray(0, CODE_BYTES);
}

/** HKDF (RFC 5869) gives each purpose an independent key. */
function seedOf(key: Buffer, purpose: string): Buffer {
  // Derived once: a list of twenty would derive it twice, each for as long as a row takes to be read.
  const known = mapOf(seedsOf, key);
  const before = known.get(purpose);
  if (before) return before;
  const seed = Buffer.from(hkdfSync("sha256", key, "", `projo ${purpose}`, 32));
  known.set(purpose, seed);
  return seed;
}

const seedsOf = new WeakMap<Buffer, Map<string, Buffer>>();
