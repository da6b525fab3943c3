/** Reproducible random numbers: the same seed yields the same sequence. For simulations, never for secrets. */
export interface Chance {
  /** Returns a number of at least 0 and below 1. */
  next(): number;
  between(low: number, high: number): number;
  /** Returns the time until the next event of a Poisson process with this mean interval. */
  exponential(mean: number): number;
  happens(probability: number): boolean;
}

/** Mulberry32. Its 32 bits of state are enough for simulations with thousands of draws. */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    exponential: (mean) => -Math.log(1 - next()) * mean,
    happens: (probability) => next() < probability,
  };
}
