/** A reproducible sequence of numbers. */
export interface Random {
  /** A number from 0 inclusive to 1 exclusive. */
  next(): number;
  /** An integer from 0 inclusive to `end` exclusive. */
  below(end: number): number;
  between(least: number, most: number): number;
}

/** The sequence of a seed and a name. Sequences of different names are independent, so that one fault repeats without the others. */
export function randomOf(seed: number, name: string): Random {
  let state = (seed ^ hashOf(name)) >>> 0;
  // Mulberry32: 32 bits of state are enough to choose victims and pauses.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    below: (end) => Math.floor(next() * end),
    between: (least, most) => least + next() * (most - least),
  };
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
