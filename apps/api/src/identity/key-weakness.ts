// Finds keys that were not made by a random generator. No check can prove that a key is random. These checks refuse what
// people write instead of one: zero bytes, patterns, words, and passwords in base64. A random key of 32 bytes fails one of them
// with a probability below 1 in 2 billion.
import type { KeyPair } from "./key-pairs.ts";

/** Describes why the key is weak, as the end of a sentence without its bytes; null when nothing was found. */
export function weaknessOf({ key, encoded }: Omit<KeyPair, "kid">): string | null {
  const [, digits] = HEX_OF_32_BYTES.exec(key.toString("latin1")) ?? [];
  if (digits !== undefined) return weaknessOf({ key: Buffer.from(digits, "hex"), encoded: digits });
  const period = periodOf(key);
  if (period === 1) return "all its bytes are equal";
  if (period !== null) return `it repeats a pattern of ${period} bytes`;
  if (isCounting(key)) return "each of its bytes differs from the next by the same number";
  const distinct = new Set(key).size;
  if (distinct < FEWEST_BYTES) return `it has only ${distinct} different bytes`;
  if (isText(key)) return "it decodes to text, not to random bytes";
  return isWords(encoded) ? "it is written in letters of one case, as words are" : null;
}

/** 32 random bytes have about 30 different values. Fewer than 20 have a probability below 1 in 10^11. */
const FEWEST_BYTES = 20;

/** The length of the pattern that the key repeats; null when it repeats none. A longer pattern can be a random key itself. */
function periodOf(key: Buffer): number | null {
  for (let period = 1; period <= 16; period++) {
    if (key.subarray(period).equals(key.subarray(0, -period))) return period;
  }
  return null;
}

function isCounting(key: Buffer): boolean {
  const [first = 0, second = 0] = key;
  const step = (second - first) & 0xff;
  return key.every((byte, place) => byte === ((first + step * place) & 0xff));
}

const isText = (key: Buffer): boolean => key.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a);

/** Some generators print hexadecimal digits, which people encode once more. */
const HEX_OF_32_BYTES = /^((?:[\da-f]{2}){32,})\n?$/i;

/** Hexadecimal digits of a generator have one case too. */
const isWords = (encoded: string): boolean =>
  (encoded === encoded.toLowerCase() || encoded === encoded.toUpperCase()) && !/^[\da-f]+$/i.test(encoded);
