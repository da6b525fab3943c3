// The 49,000 commonest passwords, most of them words and names, as fingerprints: 0.3 MB in memory, where the words
// themselves would take 5 to 10. The file is made by `pnpm generate` (scripts/generate/common-passwords.ts).
import { readFileSync } from "node:fs";
import { endianness } from "node:os";
import type { Fingerprint } from "./fingerprint.ts";

export interface CommonPasswords {
  /** How many bits of guessing find the text, 1 to 16 by its rank in the list; or null when it is not in it. */
  bitsOf(fingerprint: Fingerprint): number | null;
}

const FILE = new URL("../../../data/common-passwords.bin", import.meta.url);
const BYTES_EACH = 6;
/** Places begin with these many bits of the hash, so that each has three or four fingerprints. */
const PLACE_BITS = 14;

export function loadCommonPasswords(): CommonPasswords {
  // A copy, so that it begins where numbers of four bytes may.
  const file = Buffer.from(new Uint8Array(readFileSync(FILE)).buffer);
  const many = file.length / BYTES_EACH;
  if (endianness() === "BE") {
    file.subarray(0, many * 4).swap32();
    file.subarray(many * 4).swap16();
  }
  const places = new Uint32Array(file.buffer, 0, many);
  const checks = new Uint16Array(file.buffer, many * 4, many);
  const firstAt = new Uint32Array((1 << PLACE_BITS) + 1).fill(many);
  for (let at = many - 1; at >= 0; at -= 1) firstAt[(places[at] ?? 0) >>> (32 - PLACE_BITS)] = at;
  // A place that has none begins where the next one does.
  for (let place = (1 << PLACE_BITS) - 1; place >= 0; place -= 1) {
    const start = firstAt[place] ?? many;
    if (start === many) firstAt[place] = firstAt[place + 1] ?? many;
  }
  return {
    bitsOf: (fingerprint) => {
      const { place } = fingerprint;
      const bucket = place >>> (32 - PLACE_BITS);
      const end = firstAt[bucket + 1] ?? many;
      for (let at = firstAt[bucket] ?? many; at < end; at += 1) {
        if (places[at] !== place) continue;
        const stored = checks[at] ?? 0;
        if ((stored & 0xfff0) === fingerprint.check) return (stored & 0xf) + 1;
      }
      return null;
    },
  };
}
