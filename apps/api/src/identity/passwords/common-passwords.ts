// Loads the 49,000 most common passwords, most of them words and names, as fingerprints. They use 0.3 MB of memory instead
// of 5 to 10 MB for the texts. `pnpm generate` creates the file (scripts/generate/common-passwords.ts).
import { readFileSync } from "node:fs";
import { endianness } from "node:os";
import type { Fingerprint } from "./fingerprint.ts";

export interface CommonPasswords {
  /**
   * The bits of guessing that the text is worth, 1 to 16 by its rank in the list; null when the list does not contain it.
   */
  bitsOf(fingerprint: Fingerprint): number | null;
}

const FILE = new URL("../../../data/common-passwords.bin", import.meta.url);
const BYTES_EACH = 6;
/** The bits of the hash that select a bucket. A bucket holds three or four fingerprints. */
const BUCKET_BITS = 14;

export function loadCommonPasswords(): CommonPasswords {
  // A copy whose offset is aligned to four bytes.
  const file = Buffer.from(new Uint8Array(readFileSync(FILE)).buffer);
  const count = file.length / BYTES_EACH;
  if (endianness() === "BE") {
    file.subarray(0, count * 4).swap32();
    file.subarray(count * 4).swap16();
  }
  const hashes = new Uint32Array(file.buffer, 0, count);
  const checks = new Uint16Array(file.buffer, count * 4, count);
  const firstAt = new Uint32Array((1 << BUCKET_BITS) + 1).fill(count);
  for (let at = count - 1; at >= 0; at -= 1) firstAt[(hashes[at] ?? 0) >>> (32 - BUCKET_BITS)] = at;
  // An empty bucket starts where the next bucket starts.
  for (let bucket = (1 << BUCKET_BITS) - 1; bucket >= 0; bucket -= 1) {
    const start = firstAt[bucket] ?? count;
    if (start === count) firstAt[bucket] = firstAt[bucket + 1] ?? count;
  }
  return {
    bitsOf: (fingerprint) => {
      const { hash } = fingerprint;
      const bucket = hash >>> (32 - BUCKET_BITS);
      const end = firstAt[bucket + 1] ?? count;
      for (let at = firstAt[bucket] ?? count; at < end; at += 1) {
        if (hashes[at] !== hash) continue;
        const stored = checks[at] ?? 0;
        if ((stored & 0xfff0) === fingerprint.check) return (stored & 0xf) + 1;
      }
      return null;
    },
  };
}
