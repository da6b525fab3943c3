// Changes the line of keys, `kid:key` pairs separated by commas, one step at a time. The first key signs, and all keys verify, so
// that each step keeps the tokens valid that servers of the step before have signed.
import { parseKeyRing } from "../identity/key-ring.ts";
import { KeyRotationRefused } from "./key-rotation-refused.ts";

/** A key without its secret. */
export interface KeyFacts {
  readonly kid: number;
  /** Whether servers sign new tokens with it. All keys verify tokens. */
  readonly signs: boolean;
}

const KEY_BYTES = 32;
const MAX_KID = 65_535;

/** @throws KeyRingError when the line is malformed */
export const describeKeys = (line: string): KeyFacts[] =>
  pairsOf(line).map(({ kid }, at) => ({ kid, signs: at === 0 }));

export interface NewKey {
  readonly randomBytes: (size: number) => Uint8Array;
  /** Whether the new key signs at once. With several servers, those that do not know it yet would refuse its tokens. */
  readonly isFirst: boolean;
}

/** Adds a new key at the end, or at the front. @throws KeyRingError, KeyRotationRefused */
export function addKey(line: string, { randomBytes, isFirst }: NewKey): { line: string; kid: number } {
  const pairs = pairsOf(line);
  const kid = Math.max(...pairs.map((pair) => pair.kid)) + 1;
  if (kid > MAX_KID)
    throw new KeyRotationRefused(
      `The kid ${MAX_KID} is in use, and no greater kid exists. Choose a free kid by hand.`,
    );
  const made = { kid, key: Buffer.from(randomBytes(KEY_BYTES)).toString("base64url") };
  return { line: lineOf(isFirst ? [made, ...pairs] : [...pairs, made]), kid };
}

/** Moves a key to the front, so that servers sign with it. @throws KeyRingError, KeyRotationRefused */
export function useKey(line: string, kid: number): string {
  const { found, others } = split(line, kid);
  return lineOf([found, ...others]);
}

/** Removes a key that does not sign. Its tokens are no longer valid. @throws KeyRingError, KeyRotationRefused */
export function removeKey(line: string, kid: number): string {
  const { found, others } = split(line, kid);
  if (pairsOf(line)[0]?.kid === found.kid)
    throw new KeyRotationRefused(
      `Servers sign with kid ${kid}. Let them sign with another key first: projostack rotate-keys use <kid>`,
    );
  return lineOf(others);
}

interface Pair {
  readonly kid: number;
  readonly key: string;
}

/** The pairs in their order. @throws KeyRingError */
function pairsOf(line: string): Pair[] {
  parseKeyRing(line);
  return line.split(",").map((pair) => {
    const [kid = "", key = ""] = pair.trim().split(":");
    return { kid: Number(kid), key };
  });
}

function split(line: string, kid: number): { readonly found: Pair; readonly others: Pair[] } {
  const pairs = pairsOf(line);
  const found = pairs.find((pair) => pair.kid === kid);
  if (!found)
    throw new KeyRotationRefused(
      `There is no key ${kid}. The kids are ${pairs.map((pair) => pair.kid).join(", ")}.`,
    );
  return { found, others: pairs.filter((pair) => pair !== found) };
}

const lineOf = (pairs: readonly Pair[]): string => pairs.map(({ kid, key }) => `${kid}:${key}`).join(",");
