// Generates the table of common passwords that the server reads. It contains no words, only their fingerprints and ranks,
// sorted, in 6 bytes each. The list comes from @zxcvbn-ts/language-common (MIT). No other part of the repository depends on it.
import { dictionary } from "@zxcvbn-ts/language-common";
import {
  fingerprintOf,
  LONGEST_COMMON,
  SHORTEST_COMMON,
} from "../../apps/api/src/identity/passwords/fingerprint.ts";

export function generateCommonPasswords(): Record<string, Buffer> {
  const rows = dictionary["passwords-common"]
    .map((word, at): Row => ({ ...fingerprintOf(word), length: word.length, bits: Math.log2(at + 2) }))
    .filter(({ length }) => length >= SHORTEST_COMMON && length <= LONGEST_COMMON)
    .toSorted((a, b) => a.hash - b.hash || a.check - b.check);
  const body = Buffer.alloc(rows.length * 6);
  for (const [at, { hash, check, bits }] of rows.entries()) {
    body.writeUInt32LE(hash, at * 4);
    // Four bits hold the logarithm of the rank, from 1 to 16.
    body.writeUInt16LE(check | (Math.min(16, Math.ceil(bits)) - 1), rows.length * 4 + at * 2);
  }
  return { "apps/api/data/common-passwords.bin": body };
}

interface Row {
  readonly hash: number;
  readonly check: number;
  readonly length: number;
  readonly bits: number;
}
