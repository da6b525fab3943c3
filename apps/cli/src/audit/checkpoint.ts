// A signed statement of where a chain was. It is relied on only when a key that one was given has signed it.
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { isObject, objectIn, type JsonObject } from "./json.ts";
import { type Point, pointIn } from "./point.ts";

export interface Checkpoint {
  readonly text: string;
  /** Ed25519 (RFC 8032) over the text's bytes, in base64. */
  readonly signature: string;
  readonly keyId: string;
}

/** The public key of that id. From a PEM file, the only one there is: it has no id. */
export type FindKey = (keyId: string) => KeyObject | undefined;

/** The checkpoint that a value is, if it is one. */
export function checkpointIn(value: unknown): Checkpoint | undefined {
  if (!isObject(value)) return undefined;
  const { text, signature, keyId } = value;
  return typeof text === "string" && typeof signature === "string" && typeof keyId === "string"
    ? { text, signature, keyId }
    : undefined;
}

/** What it says, whoever says it. */
export function pointOf({ text }: Checkpoint): (Point & { readonly workspaceId: string }) | undefined {
  const said = objectIn(text);
  const point = pointIn(said);
  if (!said || !point || said["format"] !== "projo-checkpoint/1") return undefined;
  const { workspaceId } = said;
  return typeof workspaceId === "string" ? { ...point, workspaceId } : undefined;
}

/** Why it is not to be relied on; undefined when it is. */
export function distrusted(
  checkpoint: Checkpoint,
  workspaceId: string,
  findKey: FindKey,
): string | undefined {
  const key = findKey(checkpoint.keyId);
  if (!key) return `was signed with the key ${checkpoint.keyId}, which is not in the key file`;
  if (!isSigned(checkpoint, key)) return "was not signed with that key, or was changed since";
  const point = pointOf(checkpoint);
  if (!point) return "does not say what a checkpoint says";
  return point.workspaceId === workspaceId ? undefined : `is of another workspace, ${point.workspaceId}`;
}

function isSigned({ text, signature }: Checkpoint, key: KeyObject): boolean {
  const bytes = Buffer.from(signature, "base64");
  // Decoding passes over stray characters, and half a surrogate pair would be read as U+FFFD.
  if (bytes.toString("base64") !== signature || !text.isWellFormed()) return false;
  return verify(null, Buffer.from(text, "utf8"), key, bytes);
}

/** The keys in a file: what the server publishes, or one key in PEM. Undefined when it is neither. */
export function keysIn(text: string): FindKey | undefined {
  const published = objectIn(text)?.["keys"];
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
    // Not a key in that form; whoever named the file is told so.
    return undefined;
  }
}
