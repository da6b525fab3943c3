import { isObject } from "./json.ts";

/** A position in a chain: an entry's number and its SHA-256 hash in hex. */
export interface Point {
  readonly seq: number;
  readonly hash: string;
}

/** The position before the first entry. */
export const START: Point = { seq: 0, hash: "00".repeat(32) };

export function parsePoint(value: unknown): Point | undefined {
  if (!isObject(value)) return undefined;
  const { seq, hash } = value;
  if (typeof seq !== "number" || !Number.isSafeInteger(seq) || seq < 0) return undefined;
  return typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash) ? { seq, hash } : undefined;
}
