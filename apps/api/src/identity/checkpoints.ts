// Signed statements of where a workspace's log ended. Kept where the database's owner cannot reach them, they show whether
// entries were cut off or written anew. The signing keys are made of the server's own, each by its number, so that whoever
// holds the database alone signs nothing.
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import type { KeyRing } from "./key-ring.ts";

export interface Checkpoint {
  readonly text: string;
  /** Ed25519 (RFC 8032) over the text's UTF-8 bytes, in base64. */
  readonly signature: string;
  readonly keyId: string;
}

/** What a checkpoint says. */
export interface CheckpointFacts {
  readonly workspaceId: string;
  readonly seq: number;
  /** Of the entry with that number, in hex. */
  readonly hash: string;
}

export interface PublicKey {
  readonly keyId: string;
  readonly algorithm: "Ed25519";
  /** The 32 bytes, in base64. */
  readonly publicKey: string;
  readonly pem: string;
}

export interface Checkpoints {
  sign(facts: CheckpointFacts, at: Date): Checkpoint;
  /** What it says; null when none of these keys signed it, or it is none. */
  read(checkpoint: Checkpoint): CheckpointFacts | null;
  /** The newest first. */
  readonly publicKeys: readonly PublicKey[];
}

const FORMAT = "projo-checkpoint/1";

export function createCheckpoints(keys: KeyRing): Checkpoints {
  const pairs = keys.seeds("audit checkpoint").map(pairOf);
  const [newest] = pairs;
  if (!newest) throw new Error("There is no key to sign with.");
  return {
    sign: ({ workspaceId, seq, hash }, at) => {
      const text = JSON.stringify({ format: FORMAT, workspaceId, seq, hash, createdAt: at.toISOString() });
      const signature = sign(null, Buffer.from(text), newest.privateKey).toString("base64");
      return { text, signature, keyId: newest.shown.keyId };
    },
    read: ({ text, signature, keyId }) => {
      const pair = pairs.find(({ shown }) => shown.keyId === keyId);
      if (!pair || !verify(null, Buffer.from(text), pair.publicKey, Buffer.from(signature, "base64")))
        return null;
      return factsOf(text);
    },
    publicKeys: pairs.map(({ shown }) => shown),
  };
}

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly shown: PublicKey;
}

// RFC 8410, section 7: an Ed25519 private key in PKCS #8 is this and its 32 bytes.
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

function pairOf(seed: Uint8Array): Pair {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey);
  const bytes = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const shown: PublicKey = {
    keyId: createHash("sha256").update(bytes).digest("hex").slice(0, 16),
    algorithm: "Ed25519",
    publicKey: bytes.toString("base64"),
    pem: publicKey.export({ format: "pem", type: "spki" }).toString(),
  };
  return { privateKey, publicKey, shown };
}

/** What was signed by this server has this form; still, whatever is signed is read with care. */
function factsOf(text: string): CheckpointFacts | null {
  const said: unknown = JSON.parse(text);
  if (typeof said !== "object" || said === null || !("format" in said) || said.format !== FORMAT) return null;
  if (!("workspaceId" in said) || !("seq" in said) || !("hash" in said)) return null;
  const { workspaceId, seq, hash } = said;
  if (typeof workspaceId !== "string" || typeof seq !== "number" || typeof hash !== "string") return null;
  return { workspaceId, seq, hash };
}
