// A 44-bit fingerprint of a text. Two hashes (FNV-1a with two primes) are computed in parallel, one code unit at a time, so
// all texts that begin at one position are looked up in one pass. The hashes need not resist attacks: a collision only
// makes a password look weaker.

export const SHORTEST_COMMON = 3;
export const LONGEST_COMMON = 20;

export interface Fingerprint {
  /** The 32 bits that are looked up. */
  readonly hash: number;
  /** 12 more bits, in the upper part of 16, which distinguish texts with the same hash. */
  readonly check: number;
}

export function fingerprintOf(text: string): Fingerprint {
  const running = startFingerprint();
  for (let at = 0; at < text.length; at += 1) running.add(text.charCodeAt(at));
  return { hash: running.hash, check: running.check };
}

/** An incremental fingerprint of the code units added so far. */
export function startFingerprint() {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  return {
    add: (unit: number): void => {
      first = Math.imul(first ^ unit, 0x01000193);
      second = Math.imul(second ^ unit, 0x5bd1e995);
    },
    get hash(): number {
      return mixed(first);
    },
    get check(): number {
      return mixed(second) & 0xfff0;
    },
  };
}

/** Spreads the last code units over all bits, which FNV-1a alone does not. This is the finalizer of MurmurHash3. */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
