// The tokens that people hold. None is stored: each is its claims and a code over them, by one of the server's
// keys and the salt of a row. A copy of the database makes none, nor does a key alone.
//
//   pja_  access    kid(2) session(16) generation(4) expiry(6, Unix seconds) code(32)
//   pjr_  refresh   kid(2) session(16) generation(4) code(32)
//   pjo_  one-time  kid(2) id(16) code(32), whose purpose is in the code and not in the token
//
// all in base64url. The code covers the prefix and every byte before it, so no kind passes for another.
import { timingSafeEqual } from "node:crypto";
import type { KeyRing } from "./key-ring.ts";

export interface AccessClaims {
  readonly sessionId: string;
  readonly generation: number;
  /** Unix time, by the database's clock. */
  readonly expiresAtSeconds: number;
}

export type RefreshClaims = Pick<AccessClaims, "sessionId" | "generation">;

/** A token's claims, which are true only once `isGenuine` has compared its code. */
export interface Unproven<Claims> {
  readonly claims: Claims;
  isGenuine(keys: KeyRing, salt: Uint8Array): boolean;
}

const KID_BYTES = 2;
const ID_BYTES = 16;
const GENERATION_BYTES = 4;
const EXPIRY_BYTES = 6;
const CODE_BYTES = 32;

export function formatAccessToken(keys: KeyRing, salt: Uint8Array, claims: AccessClaims): string {
  const body = Buffer.alloc(KID_BYTES + ID_BYTES + GENERATION_BYTES + EXPIRY_BYTES);
  writeSession(body, keys.newestKid, claims);
  body.writeUIntBE(claims.expiresAtSeconds, KID_BYTES + ID_BYTES + GENERATION_BYTES, EXPIRY_BYTES);
  return seal(keys, salt, { prefix: "pja_", body });
}

/** The same session and generation give the same token, so that whoever asks twice is told the same. */
export function formatRefreshToken(keys: KeyRing, salt: Uint8Array, claims: RefreshClaims): string {
  const body = Buffer.alloc(KID_BYTES + ID_BYTES + GENERATION_BYTES);
  writeSession(body, keys.newestKid, claims);
  return seal(keys, salt, { prefix: "pjr_", body });
}

export function formatOneTimeToken(keys: KeyRing, salt: Uint8Array, { id, purpose }: OneTime): string {
  const body = Buffer.alloc(KID_BYTES + ID_BYTES);
  body.writeUInt16BE(keys.newestKid, 0);
  writeId(body, id);
  return seal(keys, salt, { prefix: "pjo_", body, purpose });
}

export interface OneTime {
  readonly id: string;
  readonly purpose: string;
}

export function parseAccessToken(token: string): Unproven<AccessClaims> | null {
  const parsed = unseal(token, "pja_", KID_BYTES + ID_BYTES + GENERATION_BYTES + EXPIRY_BYTES);
  if (!parsed) return null;
  const expiresAtSeconds = parsed.body.readUIntBE(KID_BYTES + ID_BYTES + GENERATION_BYTES, EXPIRY_BYTES);
  return { ...parsed, claims: { ...readSession(parsed.body), expiresAtSeconds } };
}

export function parseRefreshToken(token: string): Unproven<RefreshClaims> | null {
  const parsed = unseal(token, "pjr_", KID_BYTES + ID_BYTES + GENERATION_BYTES);
  return parsed && { ...parsed, claims: readSession(parsed.body) };
}

/** @param purpose what it is presented for; a token for another purpose is not genuine */
export function parseOneTimeToken(token: string, purpose: string): Unproven<{ id: string }> | null {
  const parsed = unseal(token, "pjo_", KID_BYTES + ID_BYTES, purpose);
  return parsed && { ...parsed, claims: { id: readId(parsed.body) } };
}

interface Sealed {
  readonly prefix: string;
  readonly body: Buffer;
  readonly purpose?: string;
}

function seal(keys: KeyRing, salt: Uint8Array, { prefix, body, purpose = "" }: Sealed): string {
  const code = keys.mac(keys.newestKid, salt, messageOf({ prefix, body, purpose }));
  if (!code) throw new Error("The newest key is not there.");
  return prefix + Buffer.concat([body, code]).toString("base64url");
}

function unseal(token: string, prefix: string, bodyBytes: number, purpose = "") {
  if (!token.startsWith(prefix)) return null;
  const text = token.slice(prefix.length);
  const bytes = Buffer.from(text, "base64url");
  // Decoding passes over stray characters and bits: a token is its one spelling, or none.
  if (bytes.length !== bodyBytes + CODE_BYTES || bytes.toString("base64url") !== text) return null;
  const body = bytes.subarray(0, bodyBytes);
  const isGenuine = (keys: KeyRing, salt: Uint8Array): boolean => {
    const code = keys.mac(body.readUInt16BE(0), salt, messageOf({ prefix, body, purpose }));
    return code !== null && timingSafeEqual(code, bytes.subarray(bodyBytes));
  };
  return { body, isGenuine };
}

const messageOf = ({ prefix, body, purpose = "" }: Sealed): Buffer =>
  Buffer.concat([Buffer.from(`${prefix}${purpose}\0`), body]);

function writeSession(body: Buffer, kid: number, { sessionId, generation }: RefreshClaims): void {
  body.writeUInt16BE(kid, 0);
  writeId(body, sessionId);
  body.writeUInt32BE(generation, KID_BYTES + ID_BYTES);
}

const readSession = (body: Buffer): RefreshClaims => ({
  sessionId: readId(body),
  generation: body.readUInt32BE(KID_BYTES + ID_BYTES),
});

function writeId(body: Buffer, id: string): void {
  body.write(id.replaceAll("-", ""), KID_BYTES, "hex");
}

function readId(body: Buffer): string {
  const hex = body.toString("hex", KID_BYTES, KID_BYTES + ID_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
