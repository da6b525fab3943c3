// Service keys of other services: the form of their tokens, the protection of their secrets, and their lookup.
//
//   pjk_  id(16) secret(32) crc32(4), in base64url; the secret is random(16) check(16)
//
// The check is a MAC with the server's key over the id and the random part. It shows without a query that this server
// issued the key. Builds before the check used 32 random bytes; such keys still work (refused-credentials.ts). The checksum
// lets a source code scanner recognize a leaked key without a request. The database stores a MAC of the secret with one of
// the server's keys, so neither reading nor writing the database is enough to obtain a valid key.
import { timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Db, KeptSecret, ServiceKeyRecord } from "@projostack/db";
import type { KeyRing } from "../key-ring.ts";
import type { Log } from "../../runtime/log.ts";
import type { Randomness } from "../../runtime/randomness.ts";

export interface ServiceKeys {
  /** Whether the token's check is valid. It needs no query. Keys of older builds have no check. */
  isIssued(token: string): boolean;
  /** Finds the key of a token in the database; null when the token is not valid. */
  find(token: string): Promise<ServiceKeyRecord | null>;
  /** Writes the times at which keys were used since the last call. */
  noteUses(): Promise<void>;
  /** The same keys, found through another client of the same database, such as that of one request. */
  over(db: Db): ServiceKeys;
}

const PREFIX = "pjk_";
const ID_BYTES = 16;
const SECRET_BYTES = 32;
const RANDOM_BYTES = 16;
const CRC_BYTES = 4;

const MISSING_KID =
  "a service key was refused: its secret was kept by a key that PROJO_TOKEN_KEYS lacks. " +
  "Put the key of that kid back behind the newest, or rotate the service key";

export function formatServiceKey(id: string, secret: Uint8Array): string {
  const body = Buffer.concat([idBytes(id), secret]);
  return PREFIX + Buffer.concat([body, checksumOf(body)]).toString("base64url");
}

/** Creates a secret for a new key or for the new token of a key. */
export function newServiceSecret(keys: KeyRing, randomness: Randomness, id: string): Buffer {
  const random = randomness.bytes(RANDOM_BYTES);
  return Buffer.concat([random, keys.sign(CHECK, checkedOf(id, random))]);
}

/** Whether the token has the prefix of a service key. */
export const looksLikeServiceKey = (token: string): boolean => token.startsWith(PREFIX);

/** @returns null when the text is not a service key or its checksum is wrong */
export function parseServiceKey(token: string): { id: string; secret: Buffer } | null {
  if (!looksLikeServiceKey(token)) return null;
  const text = token.slice(PREFIX.length);
  const bytes = Buffer.from(text, "base64url");
  // Decoding ignores stray characters and bits, so the text must equal the canonical encoding.
  if (bytes.length !== ID_BYTES + SECRET_BYTES + CRC_BYTES || bytes.toString("base64url") !== text)
    return null;
  const body = bytes.subarray(0, ID_BYTES + SECRET_BYTES);
  if (!checksumOf(body).equals(bytes.subarray(ID_BYTES + SECRET_BYTES))) return null;
  const hex = body.toString("hex", 0, ID_BYTES);
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { id, secret: body.subarray(ID_BYTES) };
}

/** The MAC of a secret with the newest of the server's keys, as the database stores it. */
export function protectSecret(keys: KeyRing, id: string, secret: Uint8Array): KeptSecret {
  const kid = keys.newestKid;
  const mac = keys.mac(kid, idBytes(id), messageOf(secret));
  if (!mac) throw new Error("The newest key is missing.");
  return { kid, mac };
}

export function createServiceKeys({
  db: serverDb,
  keys,
  log,
}: {
  db: Db;
  keys: KeyRing;
  log: Log;
}): ServiceKeys {
  let usedAt = new Map<string, number>();
  const isKept = ({ kid, mac }: KeptSecret, id: string, secret: Uint8Array): boolean => {
    const code = keys.mac(kid, idBytes(id), messageOf(secret));
    if (!code) log.warn({ serviceKeyId: id, kid }, MISSING_KID);
    return code !== null && timingSafeEqual(code, mac);
  };
  const over = (db: Db): ServiceKeys => ({
    isIssued: (token) => {
      const parsed = parseServiceKey(token);
      if (!parsed) return false;
      const [random, check] = [parsed.secret.subarray(0, RANDOM_BYTES), parsed.secret.subarray(RANDOM_BYTES)];
      return keys.verify(CHECK, checkedOf(parsed.id, random), check);
    },
    find: async (token) => {
      const parsed = parseServiceKey(token);
      const record = parsed && (await db.serviceKeys.find(parsed.id));
      if (!parsed || !record || !record.secrets.some((kept) => isKept(kept, record.id, parsed.secret)))
        return null;
      usedAt.set(record.id, performance.now());
      return record;
    },
    noteUses: async () => {
      if (usedAt.size === 0) return;
      const noted = usedAt;
      usedAt = new Map();
      const now = performance.now();
      try {
        await db.serviceKeys.noteUses(new Map([...noted].map(([id, at]) => [id, (now - at) / 1000])));
      } catch (error) {
        // The next call writes them, unless the keys were used again by then.
        usedAt = new Map([...noted, ...usedAt]);
        throw error;
      }
    },
    over,
  });
  return over(serverDb);
}

const CHECK = "service key check";
const checkedOf = (id: string, random: Uint8Array): string => `${id} ${Buffer.from(random).toString("hex")}`;

const idBytes = (id: string): Buffer => Buffer.from(id.replaceAll("-", ""), "hex");

// The prefix separates this MAC from the MACs of other tokens with the same key.
const messageOf = (secret: Uint8Array): Buffer => Buffer.concat([Buffer.from(`${PREFIX}\0`), secret]);

function checksumOf(body: Uint8Array): Buffer {
  const checksum = Buffer.alloc(CRC_BYTES);
  checksum.writeUInt32BE(crc32(Buffer.concat([Buffer.from(PREFIX), body])));
  return checksum;
}
