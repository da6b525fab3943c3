// The tokens of users. No token is stored: a token consists of its claims and a code (MAC) over them, computed with one of
// the server's keys and the salt of a row. Neither the database nor a key alone is enough to issue a token.
//
//   pja_  access    kid(2) session(16) generation(4) expiry(6, Unix seconds) code(32) check(12)
//   pjr_  refresh   kid(2) session(16) generation(4) code(32) check(12)
//   pjs_  cookie    kid(2) session(16) generation(4) code(32) check(12)
//   pjo_  one-time  kid(2) id(16) code(32) check(12); the purpose is in both codes and not in the token
//
// All tokens are encoded in base64url. The code covers the prefix and every byte before it, so a token of one kind is never
// valid as another kind. The check is a MAC without a salt and covers the code as well: a token that this server did not
// issue is refused without a query. Builds before the check issued tokens without it, the plain form (token-forms.ts).
import { timingSafeEqual } from "node:crypto";
import type { KeyRing } from "../key-ring.ts";

/** A `checked` token ends with a check by the server's key; a `plain` token ends with the salted code. */
export type TokenForm = "plain" | "checked";

export interface AccessClaims {
  readonly sessionId: string;
  readonly generation: number;
  /** Unix time, by the database's clock. */
  readonly expiresAtSeconds: number;
}

export type RefreshClaims = Pick<AccessClaims, "sessionId" | "generation">;

/** A parsed token. Its claims can be trusted only after `isGenuine` returned true. */
export interface UnverifiedToken<Claims> {
  readonly claims: Claims;
  readonly form: TokenForm;
  /** Whether the check is valid. It needs no row and no query. A plain token has no check, so this is false. */
  isIssued(keys: KeyRing): boolean;
  /** Whether all codes are valid with the salt of the row. */
  isGenuine(keys: KeyRing, salt: Uint8Array): boolean;
}

const KID_BYTES = 2;
const ID_BYTES = 16;
const GENERATION_BYTES = 4;
const EXPIRY_BYTES = 6;
const CODE_BYTES = 32;
/** 96 bits cannot be guessed: each guess needs a request, and refused requests are limited. */
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
  return encodeToken(keys, salt, { prefix: "pja_", body, form });
}

/**
 * Formats a refresh token. The same session, generation and form give the same token, so concurrent refreshes get identical
 * tokens.
 */
export function formatRefreshToken(
  keys: KeyRing,
  salt: Uint8Array,
  claims: RefreshClaims,
  form: TokenForm = "checked",
): string {
  const body = Buffer.alloc(KID_BYTES + ID_BYTES + GENERATION_BYTES);
  writeSession(body, keys.newestKid, claims);
  return encodeToken(keys, salt, { prefix: "pjr_", body, form });
}

/** Formats the token of a session cookie. The same session and generation give the same token. It always has a check. */
export function formatCookieToken(keys: KeyRing, salt: Uint8Array, claims: RefreshClaims): string {
  const body = Buffer.alloc(KID_BYTES + ID_BYTES + GENERATION_BYTES);
  writeSession(body, keys.newestKid, claims);
  return encodeToken(keys, salt, { prefix: "pjs_", body, form: "checked" });
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
  return encodeToken(keys, salt, { prefix: "pjo_", body, form, purpose });
}

export interface OneTime {
  readonly id: string;
  readonly purpose: string;
}

export function parseAccessToken(token: string): UnverifiedToken<AccessClaims> | null {
  const parsed = decodeToken(token, "pja_", KID_BYTES + ID_BYTES + GENERATION_BYTES + EXPIRY_BYTES);
  if (!parsed) return null;
  const expiresAtSeconds = parsed.body.readUIntBE(KID_BYTES + ID_BYTES + GENERATION_BYTES, EXPIRY_BYTES);
  return { ...parsed, claims: { ...readSession(parsed.body), expiresAtSeconds } };
}

export function parseRefreshToken(token: string): UnverifiedToken<RefreshClaims> | null {
  const parsed = decodeToken(token, "pjr_", KID_BYTES + ID_BYTES + GENERATION_BYTES);
  return parsed && { ...parsed, claims: readSession(parsed.body) };
}

/** Parses the token of a session cookie. */
export function parseCookieToken(token: string): UnverifiedToken<RefreshClaims> | null {
  const parsed = decodeToken(token, "pjs_", KID_BYTES + ID_BYTES + GENERATION_BYTES);
  return parsed?.form === "checked" ? { ...parsed, claims: readSession(parsed.body) } : null;
}

/** @param purpose the purpose for which the token is presented; a token for another purpose is not genuine */
export function parseOneTimeToken(token: string, purpose: string): UnverifiedToken<{ id: string }> | null {
  const parsed = decodeToken(token, "pjo_", KID_BYTES + ID_BYTES, purpose);
  return parsed && { ...parsed, claims: { id: readId(parsed.body) } };
}

interface TokenParts {
  readonly prefix: string;
  readonly form: TokenForm;
  readonly body: Buffer;
  readonly purpose?: string;
}

function encodeToken(keys: KeyRing, salt: Uint8Array, sealed: TokenParts): string {
  const message = messageOf(sealed);
  const code = keys.mac(keys.newestKid, salt, message);
  const check = code && checkOf(keys, keys.newestKid, { message, code });
  if (!code || !check) throw new Error("The newest key is missing.");
  const parts = sealed.form === "plain" ? [sealed.body, code] : [sealed.body, code, check];
  return sealed.prefix + Buffer.concat(parts).toString("base64url");
}

function decodeToken(token: string, prefix: string, bodyBytes: number, purpose = "") {
  if (!token.startsWith(prefix)) return null;
  const text = token.slice(prefix.length);
  const bytes = Buffer.from(text, "base64url");
  const form = formOf(bytes.length - bodyBytes);
  // Decoding ignores stray characters and bits, so the text must equal the canonical encoding.
  if (form === null || bytes.toString("base64url") !== text) return null;
  const body = bytes.subarray(0, bodyBytes);
  const code = bytes.subarray(bodyBytes, bodyBytes + CODE_BYTES);
  const kid = body.readUInt16BE(0);
  const message = messageOf({ prefix, form, body, purpose });
  // The check is needed before and after the query, so a successful comparison is remembered.
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

/** A MAC over the whole token with the key of that kid, derived for this purpose; null when there is no such key. */
function checkOf(
  keys: KeyRing,
  kid: number,
  { message, code }: { message: Buffer; code: Buffer },
): Buffer | null {
  const check = keys.check(kid, "token check", Buffer.concat([message, code]));
  return check && check.subarray(0, CHECK_BYTES);
}

/** The message of the codes. It includes the form, so a checked token without its check is not a valid plain token. */
const messageOf = ({ prefix, form, body, purpose = "" }: TokenParts): Buffer =>
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
