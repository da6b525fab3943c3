// Signs checkpoints: statements of where the log of a workspace ended. A checkpoint that is stored outside the database
// shows whether entries were truncated or rewritten later. The signing keys are derived from the server's keys, one for
// each kid, so access to the database alone is not enough to sign.
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import type { KeyRing } from "./key-ring.ts";

export interface Checkpoint {
  readonly text: string;
  /** Ed25519 (RFC 8032) over the text's UTF-8 bytes, in base64. */
  readonly signature: string;
  readonly keyId: string;
}

/** The content of a checkpoint. */
export interface CheckpointFacts {
  readonly workspaceId: string;
  readonly seq: number;
  /** The hash of the entry with that number, in hex. */
  readonly hash: string;
}

export interface PublicKey {
  readonly keyId: string;
  readonly algorithm: "Ed25519";
  /** The 32 bytes of the key, in base64. */
  readonly publicKey: string;
  readonly pem: string;
}

export interface Checkpoints {
  sign(facts: CheckpointFacts, at: Date): Checkpoint;
  /** Returns the content of a checkpoint; null when its signature is invalid or it is not a checkpoint. */
  read(checkpoint: Checkpoint): CheckpointFacts | null;
  /** The public keys, newest first. */
  readonly publicKeys: readonly PublicKey[];
}

const FORMAT = "projo-checkpoint/1";

export function createCheckpoints(keys: KeyRing): Checkpoints {
  const signingKeys = keys.seeds("audit checkpoint").map(signingKeyOf);
  const [newest] = signingKeys;
  if (!newest) throw new Error("There is no key to sign with.");
  return {
    sign: ({ workspaceId, seq, hash }, at) => {
      const text = JSON.stringify({ format: FORMAT, workspaceId, seq, hash, createdAt: at.toISOString() });
      const signature = sign(null, Buffer.from(text), newest.privateKey).toString("base64");
      return { text, signature, keyId: newest.published.keyId };
    },
    read: ({ text, signature, keyId }) => {
      const key = signingKeys.find(({ published }) => published.keyId === keyId);
      if (!key || !verify(null, Buffer.from(text), key.publicKey, Buffer.from(signature, "base64")))
        return null;
      return factsOf(text);
    },
    publicKeys: signingKeys.map(({ published }) => published),
  };
}

interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly published: PublicKey;
}

// The prefix of an Ed25519 private key in PKCS #8, followed by its 32 bytes (RFC 8410, section 7).
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

function signingKeyOf(seed: Uint8Array): SigningKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey);
  const bytes = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const published: PublicKey = {
    keyId: createHash("sha256").update(bytes).digest("hex").slice(0, 16),
    algorithm: "Ed25519",
    publicKey: bytes.toString("base64"),
    pem: publicKey.export({ format: "pem", type: "spki" }).toString(),
  };
  return { privateKey, publicKey, published };
}

/** Parses a signed text. Every checkpoint of this server has this form, but the text is validated all the same. */
function factsOf(text: string): CheckpointFacts | null {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== "object" || parsed === null || !("format" in parsed) || parsed.format !== FORMAT)
    return null;
  if (!("workspaceId" in parsed) || !("seq" in parsed) || !("hash" in parsed)) return null;
  const { workspaceId, seq, hash } = parsed;
  if (typeof workspaceId !== "string" || typeof seq !== "number" || typeof hash !== "string") return null;
  return { workspaceId, seq, hash };
}
