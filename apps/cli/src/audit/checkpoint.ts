// A checkpoint is a signed statement of the last entry of a chain at a point in time. It counts only when a key that
// the caller supplies has signed it.
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { isObject, parseObject, type JsonObject } from "./json.ts";
import { type Point, parsePoint } from "./point.ts";

export interface Checkpoint {
  readonly text: string;
  /** Ed25519 signature (RFC 8032) of the text's UTF-8 bytes, in base64. */
  readonly signature: string;
  readonly keyId: string;
}

/** Returns the public key with this id. A PEM file holds one key without an id, which is returned for every id. */
export type FindKey = (keyId: string) => KeyObject | undefined;

/** Returns the value as a checkpoint, or undefined when it has another shape. */
export function parseCheckpoint(value: unknown): Checkpoint | undefined {
  if (!isObject(value)) return undefined;
  const { text, signature, keyId } = value;
  return typeof text === "string" && typeof signature === "string" && typeof keyId === "string"
    ? { text, signature, keyId }
    : undefined;
}

/** The last entry of a log at a time. */
export interface CheckpointPoint extends Point {
  readonly workspaceId: string;
  /** Milliseconds since the Unix epoch, by the server's clock; NaN when the text has no time. */
  readonly createdAt: number;
}

/** Returns the point that the checkpoint states, or undefined when its text is invalid. Does not check the signature. */
export function pointOf({ text }: Checkpoint): CheckpointPoint | undefined {
  const statement = parseObject(text);
  const point = parsePoint(statement);
  if (!statement || !point || statement["format"] !== "projo-checkpoint/1") return undefined;
  const { workspaceId, createdAt } = statement;
  if (typeof workspaceId !== "string") return undefined;
  return { ...point, workspaceId, createdAt: Date.parse(String(createdAt)) };
}

/** Returns why the checkpoint is not valid for this workspace, as the end of a sentence; undefined when it is valid. */
export function checkpointProblem(
  checkpoint: Checkpoint,
  workspaceId: string,
  findKey: FindKey,
): string | undefined {
  const key = findKey(checkpoint.keyId);
  if (!key) return `was signed with the key ${checkpoint.keyId}, which is not in the key file`;
  if (!isSigned(checkpoint, key)) return "was not signed with that key, or was changed after it was signed";
  const point = pointOf(checkpoint);
  if (!point) return "has no valid text";
  return point.workspaceId === workspaceId ? undefined : `belongs to another workspace, ${point.workspaceId}`;
}

function isSigned({ text, signature }: Checkpoint, key: KeyObject): boolean {
  const bytes = Buffer.from(signature, "base64");
  // Buffer.from ignores invalid base64 characters, and encodes a lone surrogate as U+FFFD. Reject both.
  if (bytes.toString("base64") !== signature || !text.isWellFormed()) return false;
  return verify(null, Buffer.from(text, "utf8"), key, bytes);
}

/** Parses a key file: the JSON that the server publishes, or one public key in PEM. Undefined when it is neither. */
export function parseKeys(text: string): FindKey | undefined {
  const published = parseObject(text)?.["keys"];
  if (!Array.isArray(published)) return pemKey(text);
  const keys = published.filter(isObject).flatMap((key): [string, KeyObject][] => {
    const found = publishedKey(key);
    return found && typeof key["keyId"] === "string" ? [[key["keyId"], found]] : [];
  });
  if (keys.length === 0) return undefined;
  const byId = new Map(keys);
  return (keyId) => byId.get(keyId);
}

function publishedKey({ publicKey }: JsonObject): KeyObject | undefined {
  if (typeof publicKey !== "string") return undefined;
  const x = Buffer.from(publicKey, "base64").toString("base64url");
  return ed25519(() => createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }));
}

function pemKey(text: string): FindKey | undefined {
  const key = ed25519(() => createPublicKey(text));
  return key && (() => key);
}

function ed25519(read: () => KeyObject): KeyObject | undefined {
  try {
    const key = read();
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    // The text is not a key in that format. The caller reports the file.
    return undefined;
  }
}
