/**
 * Counts how often each hash was seen. A file of a million rows needs one entry a row, so the entries lie in arrays of numbers
 * and take 12 bytes each, where a Map takes about 200. It compares 64 bits of a hash: among ten million rows,
 * the probability that two different rows have the same bits is 1 in 400,000.
 */
export class Occurrences {
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  /** 0 is a free place. */
  #counts = new Uint32Array(1024);
  #size = 0;

  /** Counts a hash of at least 8 bytes. @returns how often it was seen, from 1 */
  count(hash: Buffer): number {
    if (this.#size * 3 > this.#counts.length * 2) this.#grow();
    const [high, low] = [hash.readUInt32LE(0), hash.readUInt32LE(4)];
    const place = this.#placeOf(high, low);
    const count = (this.#counts[place] ?? 0) + 1;
    if (count === 1) this.#size += 1;
    this.#set(place, { high, low, count });
    return count;
  }

  /** Finds the place of a hash, or the free place where it belongs. */
  #placeOf(high: number, low: number): number {
    const last = this.#counts.length - 1;
    let place = low & last;
    while (this.#counts[place] !== 0 && (this.#low[place] !== low || this.#high[place] !== high)) {
      place = (place + 1) & last;
    }
    return place;
  }

  #set(place: number, { high, low, count }: { high: number; low: number; count: number }): void {
    this.#high[place] = high;
    this.#low[place] = low;
    this.#counts[place] = count;
  }

  #grow(): void {
    const [highs, lows, counts] = [this.#high, this.#low, this.#counts];
    const length = counts.length * 2;
    [this.#high, this.#low, this.#counts] = [
      new Uint32Array(length),
      new Uint32Array(length),
      new Uint32Array(length),
    ];
    counts.forEach((count, at) => {
      if (count === 0) return;
      const [high = 0, low = 0] = [highs[at], lows[at]];
      this.#set(this.#placeOf(high, low), { high, low, count });
    });
  }
}
