// Limits the number of reads in progress, so that many callers at once do not fill the heap with unfinished work. A read
// holds its slot until it is answered, and for 20 ms at most, so that a slow database or the slow reads of one caller do
// not prevent other reads from starting. Reads without a slot start in the order of arrival.

/** Enough reads to keep the processors busy. */
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

  /** Starts the work now or when a slot is free. */
  start(work: () => Promise<unknown>): void {
    if (this.#free > 0) this.#run(work);
    else {
      this.#waiting.push(() => this.#run(work));
      if (!this.#isTimed) this.#freeSlowIn(MAX_HOLD_MS);
    }
  }

  #run(work: () => Promise<unknown>): void {
    this.#free -= 1;
    const slot: Slot = { since: performance.now(), isFree: false };
    this.#held.push(slot);
    const leave = () => this.#leave(slot);
    work().then(leave, leave);
  }

  #freeSlowIn(milliseconds: number): void {
    this.#isTimed = true;
    setTimeout(this.#freeSlow, milliseconds);
  }

  #leave(slot: Slot): void {
    if (slot.isFree) return;
    slot.isFree = true;
    this.#free += 1;
    const next = this.#waiting[this.#next];
    if (next) {
      this.#next += 1;
      next();
    }
    this.#compact();
  }

  /** Removes finished entries only when they are the majority, so that the cost per entry is constant. */
  #compact(): void {
    if (this.#next > 512 && this.#next * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    if (this.#held.length > 4 * READ_SLOTS) this.#held = this.#held.filter(({ isFree }) => !isFree);
  }

  /** Frees the slots of slow reads while other reads wait. */
  readonly #freeSlow = (): void => {
    this.#isTimed = false;
    const before = performance.now() - MAX_HOLD_MS;
    const slow = this.#held.filter(({ isFree, since }) => !isFree && since <= before);
    for (const slot of slow) this.#leave(slot);
    if (this.#next < this.#waiting.length && !this.#isTimed) this.#freeSlowIn(MAX_HOLD_MS / 2);
  };
}
