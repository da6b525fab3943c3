// The 49,000 commonest passwords, most of them words and names, as fingerprints: 0.3 MB in memory, where the words
// themselves would take 5 to 10. The file is made by `pnpm generate` (scripts/generate/common-passwords.ts).
import { readFileSync } from "node:fs";
import type { Fingerprint } from "./fingerprint.ts";

export interface CommonPasswords {
  /** How many bits of guessing find the text, 1 to 16 by its rank in the list; or null when it is not in it. */
  bitsOf(fingerprint: Fingerprint): number | null;
}

const BYTES_EACH = 6;
/** Places begin with these many bits of the hash, so that each has three or four fingerprints. */
const PLACE_BITS = 14;

export function loadCommonPasswords(): CommonPasswords {
  const file = readFileSync(new URL("../../data/common-passwords.bin", import.meta.url));
  const many = file.length / BYTES_EACH;
  const places = new Uint32Array(many);
  const checks = new Uint16Array(many);
  for (let at = 0; at < many; at += 1) {
    places[at] = file.readUInt32LE(at * 4);
    checks[at] = file.readUInt16LE(many * 4 + at * 2);
  }
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
