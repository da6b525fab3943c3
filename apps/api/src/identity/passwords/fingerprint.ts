// 44 bits that stand for a text. Two hashes run side by side (FNV-1a with two primes), letter by letter, so that all texts
// that begin at one place are looked up in one pass. They are no secret: collisions would only make a password look weaker.

export const SHORTEST_COMMON = 3;
export const LONGEST_COMMON = 20;

export interface Fingerprint {
  /** 32 bits, by which a text is found. */
  readonly place: number;
  /** 12 bits more in the upper part of 16, by which it is told from others at that place. */
  readonly check: number;
}

export function fingerprintOf(text: string): Fingerprint {
  const running = startFingerprint();
  for (let at = 0; at < text.length; at += 1) running.add(text.charCodeAt(at));
  return { place: running.place, check: running.check };
}

/** A fingerprint of the text so far, that grows with each code unit. */
export function startFingerprint() {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  return {
    add: (unit: number): void => {
      first = Math.imul(first ^ unit, 0x01000193);
      second = Math.imul(second ^ unit, 0x5bd1e995);
    },
    get place(): number {
      return mixed(first);
    },
    get check(): number {
      return mixed(second) & 0xfff0;
    },
  };
}

/** Spreads the last letters over all bits, which FNV alone does not (the finalizer of MurmurHash3). */
function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
