// The tokens that people hold. None is stored: each is its claims and a code over them, by one of the server's
// keys and the salt of a row. A copy of the database makes none, nor does a key alone.
//
//   pja_  access    kid(2) session(16) generation(4) expiry(6, Unix seconds) code(32) check(12)
//   pjr_  refresh   kid(2) session(16) generation(4) code(32) check(12)
//   pjo_  one-time  kid(2) id(16) code(32) check(12); the purpose is in both codes and not in the token
//
// all in base64url. The code covers the prefix and every byte before it, so no kind passes for another. The check covers
// the code as well and needs no salt: a token that this server did not make is refused before the database is asked about
// it. Builds before the check made tokens without it, which are the plain form; token-forms.ts says when that is used.
import { timingSafeEqual } from "node:crypto";
import type { KeyRing } from "../key-ring.ts";

/** `checked` tokens end with a check by the server's key alone; `plain` ones end with the salted code. */
export type TokenForm = "plain" | "checked";

export interface AccessClaims {
  readonly sessionId: string;
  readonly generation: number;
  /** Unix time, by the database's clock. */
  readonly expiresAtSeconds: number;
}

export type RefreshClaims = Pick<AccessClaims, "sessionId" | "generation">;

/** A token's claims, which are true only once `isGenuine` has compared its codes. */
export interface Unproven<Claims> {
  readonly claims: Claims;
  readonly form: TokenForm;
  /** Whether one of the keys made its check. Needs no row, and so no trip. A plain token has no check, and is never issued. */
  isIssued(keys: KeyRing): boolean;
  /** Whether all its codes are right, by the salt of its row. */
  isGenuine(keys: KeyRing, salt: Uint8Array): boolean;
}

const KID_BYTES = 2;
const ID_BYTES = 16;
const GENERATION_BYTES = 4;
const EXPIRY_BYTES = 6;
const CODE_BYTES = 32;
/** 96 bits, which nobody hits: each guess takes a request, and refused requests are limited. */
const CHECK_BYTES = 12;

export function formatAccessToken(
  keys: KeyRing,
  salt: Uint8Array,
  claims: AccessClaims,
  form: TokenForm = "checked",
): string {
  const body = Buffer.alloc(KID_BYTES + ID_BYTES + GENERATION_BYTES + EXPIRY_BYTES);
  writeSession(body, keys.newestKid, claims);
  body.writeUIntBE(claims.expiresAtSeconds, KID_BYTES + ID_BYTES + GENERATION_BYTES, EXPIRY_BYTES);
  return seal(keys, salt, { prefix: "pja_", body, form });
}

/** The same session, generation and form give the same token, so that concurrent refreshes get identical tokens. */
export function formatRefreshToken(
  keys: KeyRing,
  salt: Uint8Array,
  claims: RefreshClaims,
  form: TokenForm = "checked",
): string {
  const body = Buffer.alloc(KID_BYTES + ID_BYTES + GENERATION_BYTES);
  writeSession(body, keys.newestKid, claims);
  return seal(keys, salt, { prefix: "pjr_", body, form });
}

export function formatOneTimeToken(
  keys: KeyRing,
  salt: Uint8Array,
  { id, purpose }: OneTime,
  form: TokenForm = "checked",
): string {
  const body = Buffer.alloc(KID_BYTES + ID_BYTES);
  body.writeUInt16BE(keys.newestKid, 0);
  writeId(body, id);
  return seal(keys, salt, { prefix: "pjo_", body, form, purpose });
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
  readonly form: TokenForm;
  readonly body: Buffer;
  readonly purpose?: string;
}

function seal(keys: KeyRing, salt: Uint8Array, sealed: Sealed): string {
  const message = messageOf(sealed);
  const code = keys.mac(keys.newestKid, salt, message);
  const check = code && checkOf(keys, keys.newestKid, { message, code });
  if (!code || !check) throw new Error("The newest key is not there.");
  const parts = sealed.form === "plain" ? [sealed.body, code] : [sealed.body, code, check];
  return sealed.prefix + Buffer.concat(parts).toString("base64url");
}

function unseal(token: string, prefix: string, bodyBytes: number, purpose = "") {
  if (!token.startsWith(prefix)) return null;
  const text = token.slice(prefix.length);
  const bytes = Buffer.from(text, "base64url");
  const form = formOf(bytes.length - bodyBytes);
  // Decoding passes over stray characters and bits: a token is its one spelling, or none.
  if (form === null || bytes.toString("base64url") !== text) return null;
  const body = bytes.subarray(0, bodyBytes);
  const code = bytes.subarray(bodyBytes, bodyBytes + CODE_BYTES);
  const kid = body.readUInt16BE(0);
  const message = messageOf({ prefix, form, body, purpose });
  // Asked for before the trip and after it: compared once.
  let issuedBy: KeyRing | null = null;
  const isIssued = (keys: KeyRing): boolean => {
    if (form === "plain") return false;
    if (issuedBy === keys) return true;
    const check = checkOf(keys, kid, { message, code });
    const isRight = check !== null && timingSafeEqual(check, bytes.subarray(bodyBytes + CODE_BYTES));
    if (isRight) issuedBy = keys;
    return isRight;
  };
  const isGenuine = (keys: KeyRing, salt: Uint8Array): boolean => {
    if (form === "checked" && !isIssued(keys)) return false;
    const right = keys.mac(kid, salt, message);
    return right !== null && timingSafeEqual(right, code);
  };
  return { body, form, isIssued, isGenuine };
}

function formOf(codeBytes: number): TokenForm | null {
  if (codeBytes === CODE_BYTES + CHECK_BYTES) return "checked";
  return codeBytes === CODE_BYTES ? "plain" : null;
}

/** A code over the whole token by the key of that kid, derived for this purpose alone; null when there is no such key. */
function checkOf(
  keys: KeyRing,
  kid: number,
  { message, code }: { message: Buffer; code: Buffer },
): Buffer | null {
  const check = keys.check(kid, "token check", Buffer.concat([message, code]));
  return check && check.subarray(0, CHECK_BYTES);
}

/** What the codes are of. The form is in it too: a checked token whose check was cut off is no plain one. */
const messageOf = ({ prefix, form, body, purpose = "" }: Sealed): Buffer =>
  Buffer.concat([Buffer.from(`${prefix}${purpose}\0${form === "checked" ? "checked\0" : ""}`), body]);

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
