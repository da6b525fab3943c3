// One entry of an exported log, and the two hashes that protect it: the chain hash and the personal-data commitments.
import { createHash } from "node:crypto";
import { isObject, parseObject, type JsonObject } from "./json.ts";

export interface Entry {
  /** The text exactly as it was hashed. */
  readonly text: string;
  readonly hash: unknown;
  readonly personal: unknown;
  readonly workspaceId: unknown;
  readonly seq: number;
  readonly commitments: unknown;
}

/** Returns the entry of a line, or undefined when the line is not an entry. */
export function parseEntry(record: JsonObject | undefined): Entry | undefined {
  const text = record?.["text"];
  if (!record || typeof text !== "string") return undefined;
  const content = parseObject(text);
  const seq = content?.["seq"];
  if (!content || typeof seq !== "number") return undefined;
  const { workspaceId, commitments } = content;
  return { text, hash: record["hash"], personal: record["personal"] ?? null, workspaceId, seq, commitments };
}

/** Returns SHA-256 of the previous hash and the entry's text, in hex; undefined when the text has no UTF-8 form. */
export const chainedHash = (previous: string, text: string): string | undefined => sha256(previous, text);

/** Returns the name of the first personal value that does not match its commitment; undefined when all match. */
export function invalidPersonalValue({ personal, commitments }: Entry): string | undefined {
  if (personal === null) return undefined;
  if (!isObject(personal) || !isObject(commitments)) return "set of personal values";
  return Object.keys(personal).find((name) => !isCommitted(personal[name], commitments[name]));
}

function isCommitted(given: unknown, commitment: unknown): boolean {
  if (!isObject(given)) return false;
  const { value, salt } = given;
  // The salt must be exactly 32 lower-case hex digits, so that no part of the value can be moved into the salt.
  if (typeof value !== "string" || typeof salt !== "string" || !/^[0-9a-f]{32}$/.test(salt)) return false;
  return typeof commitment === "string" && sha256(salt, value) === commitment;
}

function sha256(hex: string, text: string): string | undefined {
  // A lone surrogate would be hashed as U+FFFD and would match a text that contains U+FFFD.
  if (!text.isWellFormed()) return undefined;
  return createHash("sha256").update(hex, "hex").update(text, "utf8").digest("hex");
}
