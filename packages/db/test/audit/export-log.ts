// Writes, signs and reads an export as docs/audit.md describes it.
import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { verifyChain, type AuditRow, type ChainPoint, type ChainVerdict } from "../../src/index.ts";

export interface Line {
  text: string;
  hash: string;
  personal: AuditRow["personal"];
}

export interface Signer {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** The public keys that the server publishes. */
  readonly published: { keys: { keyId: string; algorithm: string; publicKey: string; pem: string }[] };
}

export function newSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const keyId = "test-1";
  const { x = "" } = publicKey.export({ format: "jwk" });
  const key = {
    keyId,
    algorithm: "Ed25519",
    publicKey: Buffer.from(x, "base64url").toString("base64"),
    pem: publicKey.export({ format: "pem", type: "spki" }).toString(),
  };
  return { keyId, privateKey, published: { keys: [key] } };
}

export function checkpointOf({ privateKey, keyId }: Signer, workspaceId: string, { seq, hash }: ChainPoint) {
  const createdAt = new Date().toISOString();
  const text = JSON.stringify({ format: "projo-checkpoint/1", workspaceId, seq, hash, createdAt });
  return { text, signature: sign(null, Buffer.from(text), privateKey).toString("base64"), keyId };
}

export const headerOf = (workspaceId: string) =>
  JSON.stringify({ format: "projo-audit/1", workspaceId, exportedAt: new Date().toISOString() });

export const lineOf = ({ text, hash, personal }: AuditRow) => JSON.stringify({ text, hash, personal });

export const hashOf = (previous: string, text: string): string =>
  createHash("sha256").update(previous, "hex").update(text).digest("hex");

/** The result of this repository's verifier for an export's lines. It trusts the checkpoint's signature. */
export async function verdictOnExport(
  lines: AsyncIterable<string> | Iterable<string>,
  workspaceId: string,
  checkpoint: ChainPoint,
): Promise<ChainVerdict> {
  let counted: unknown;
  const rows = async function* (): AsyncGenerator<AuditRow> {
    let header = true;
    for await (const line of lines) {
      const record = header ? null : parsed(line);
      if (record && "entries" in record && !("text" in record)) {
        counted = record["entries"];
        return;
      }
      if (!header) yield rowOf(record);
      header = false;
    }
  };
  const verdict = await verifyChain(rows(), { workspaceId, checkpoints: [checkpoint] });
  if (!verdict.intact || counted === verdict.entries) return verdict;
  const message = "The footer is missing or has another count.";
  return { intact: false, seq: verdict.lastSeq + 1, problem: "truncated", message };
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    // A line that cannot be parsed counts as an edited entry.
    return null;
  }
}

const rowOf = (record: Record<string, unknown> | null): AuditRow => ({
  text: typeof record?.["text"] === "string" ? record["text"] : "",
  hash: typeof record?.["hash"] === "string" ? record["hash"] : "",
  personal: (record?.["personal"] ?? null) as AuditRow["personal"],
});
