// The values that are derived from an idempotency key. The database has none of them from which the key can be read.
import { createHash } from "node:crypto";
import type { Claim } from "@projostack/db";
import type { KeyRing } from "../../identity/key-ring.ts";
import { Failure } from "../failures/failure.ts";

/** The key of one call of a request. */
export interface IdempotencyKey {
  readonly text: string;
  /** The position of the call in its batch, from 0. */
  readonly position: number;
}

/** The owner of a key. Equal keys of different owners are independent. */
export interface KeyOwner {
  readonly workspaceId: string | null;
  /** Whether the row is stored outside the workspace, because the call ends the access to it. */
  readonly isOutside?: boolean;
  readonly actor: `user:${string}` | `key:${string}` | "anonymous";
}

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** Reads the header `idempotency-key`. Node joins repeated headers with a comma and a space. @throws Failure idempotency.key_invalid */
export function keyOf(text: string | null, position: number): IdempotencyKey | null {
  if (text === null) return null;
  if (!VISIBLE_ASCII.test(text)) throw new Failure("idempotency.key_invalid");
  return { text, position };
}

/** The row of a key. It contains a hash of the key and its owner, and a MAC of the operation and its input. */
export function claimOf(
  keys: KeyRing,
  { key, owner, message }: { key: IdempotencyKey; owner: KeyOwner; message: string },
): Claim {
  const { workspaceId, actor, isOutside = workspaceId === null } = owner;
  const hash = createHash("sha256")
    .update(JSON.stringify(["idempotency key", workspaceId, actor, key.text, key.position]))
    .digest();
  return {
    of: isOutside ? "account" : "workspace",
    id: uuidOf(hash),
    fingerprint: keys.sign(FINGERPRINT, message),
  };
}

/** Whether the fingerprint is of this operation and input. A server key that was replaced still verifies it. */
export const isFingerprintOf = (keys: KeyRing, message: string, fingerprint: Uint8Array): boolean =>
  keys.verify(FINGERPRINT, message, fingerprint);

/** The purpose of the MAC. It needs a secret key, because inputs contain passwords. */
const FINGERPRINT = "idempotency fingerprint";

/** The text whose MAC is the fingerprint: the operation and its input, with the fields of objects in order. */
export const messageOf = (operation: string, input: unknown): string =>
  JSON.stringify([operation, input], (_, value: unknown) => sortFields(value));

function sortFields(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** The first 128 bits of a hash as a UUID of version 8 (RFC 9562, section 5.8). */
function uuidOf(hash: Buffer): string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
