// One entry of an export, and the two things that were hashed of it.
import { createHash } from "node:crypto";
import { isObject, objectIn, type JsonObject } from "./json.ts";

export interface Entry {
  /** The very text that was hashed. */
  readonly text: string;
  readonly hash: unknown;
  readonly personal: unknown;
  readonly workspaceId: unknown;
  readonly seq: number;
  readonly commitments: unknown;
}

/** What a line says, if it is an entry's. */
export function entryIn(record: JsonObject | undefined): Entry | undefined {
  const text = record?.["text"];
  if (!record || typeof text !== "string") return undefined;
  const said = objectIn(text);
  const seq = said?.["seq"];
  if (!said || typeof seq !== "number") return undefined;
  const { workspaceId, commitments } = said;
  return { text, hash: record["hash"], personal: record["personal"] ?? null, workspaceId, seq, commitments };
}

/** The hash of an entry after that of the one before. Undefined of what has no UTF-8. */
export const chainedHash = (previous: string, text: string): string | undefined => sha256(previous, text);

/** The name of the first personal value that is not what was committed to, or what else is wrong with them. */
export function wrongPersonal({ personal, commitments }: Entry): string | undefined {
  if (personal === null) return undefined;
  if (!isObject(personal) || !isObject(commitments)) return "set of personal values";
  return Object.keys(personal).find((name) => !isCommitted(personal[name], commitments[name]));
}

function isCommitted(given: unknown, commitment: unknown): boolean {
  if (!isObject(given)) return false;
  const { value, salt } = given;
  // A salt has one spelling and one length, so that no part of the value passes for salt.
  if (typeof value !== "string" || typeof salt !== "string" || !/^[0-9a-f]{32}$/.test(salt)) return false;
  return typeof commitment === "string" && sha256(salt, value) === commitment;
}

function sha256(hex: string, text: string): string | undefined {
  // Half a surrogate pair would be hashed as U+FFFD, and pass where that was written.
  if (!text.isWellFormed()) return undefined;
  return createHash("sha256").update(hex, "hex").update(text, "utf8").digest("hex");
}
