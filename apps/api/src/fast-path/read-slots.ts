// Bounds how many reads are in progress at once, so that a crowd of callers does not fill the heap with half-done work. A
// read holds its place until it is answered, for 20 ms at most: a slow database, or the slow reads of one caller, keep
// nothing else from starting. Reads that find no place start in the order of their arrival.

/** So many are enough to keep the processors busy. */
export const READ_SLOTS = 96;
const MAX_HOLD_MS = 20;

interface Slot {
  readonly since: number;
  isFree: boolean;
}

export class ReadSlots {
  readonly #waiting: (() => void)[] = [];
  #next = 0;
  #held: Slot[] = [];
  #free = READ_SLOTS;
  /** Whether `#freeSlow` is due. */
  #isTimed = false;

  /** Starts the work now, or when a place is free. */
  start(work: () => Promise<unknown>): void {
    if (this.#free > 0) this.#run(work);
    else {
      this.#waiting.push(() => this.#run(work));
      if (!this.#isTimed) this.#freeSlowIn(MAX_HOLD_MS);
    }
  }

  #run(work: () => Promise<unknown>): void {
    this.#free -= 1;
    const place: Slot = { since: performance.now(), isFree: false };
    this.#held.push(place);
    const leave = () => this.#leave(place);
    work().then(leave, leave);
  }

  #freeSlowIn(milliseconds: number): void {
    this.#isTimed = true;
    setTimeout(this.#freeSlow, milliseconds);
  }

  #leave(place: Slot): void {
    if (place.isFree) return;
    place.isFree = true;
    this.#free += 1;
    const next = this.#waiting[this.#next];
    if (next) {
      this.#next += 1;
      next();
    }
    this.#tidy();
  }

  /** Drops the entries that are done, now and then, so that each is moved about once. */
  #tidy(): void {
    if (this.#next > 512 && this.#next * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    if (this.#held.length > 4 * READ_SLOTS) this.#held = this.#held.filter(({ isFree }) => !isFree);
  }

  /** Frees the places of slow reads, while others wait. */
  readonly #freeSlow = (): void => {
    this.#isTimed = false;
    const before = performance.now() - MAX_HOLD_MS;
    const slow = this.#held.filter(({ isFree, since }) => !isFree && since <= before);
    for (const place of slow) this.#leave(place);
    if (this.#next < this.#waiting.length && !this.#isTimed) this.#freeSlowIn(MAX_HOLD_MS / 2);
  };
}
