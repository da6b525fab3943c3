// Measures a first-in-first-out queue: how long its head has waited, its service rate, and whether a new entry can be served
// in time. By Little's law, the expected wait of a new entry is the length of the queue divided by its service rate.

export interface BacklogBounds {
  /** The queue is full for a new entry with a longer expected wait. */
  readonly longestWaitMs: number;
  /** The number of entries that may wait whatever the measured rate is. */
  readonly alwaysAllowed: number;
  /** The maximum number of entries. */
  readonly maxSize: number;
  /**
   * Whether the entries are already sent on a connection. Then the expected wait only counts once the head has waited for
   * half of `longestWaitMs` more than the shortest recent service time, because network latency is not a queue.
   */
  readonly isPipelined?: boolean;
}

/** An entry of the queue. */
export interface Waiting {
  readonly since: number;
  hasLeft: boolean;
}

/** The service rate is measured over this time, so that a pause of a second does not look like a slow database. */
const SPAN_MS = 3_000;
const PARTS = 10;
const PART_MS = SPAN_MS / PARTS;
/** A queue must be busy for this time before its rate is known. Until then its last known rate applies. */
const LEAST_MEASURED_MS = 1_000;
/** How long the last known rate applies after the queue became empty. */
const RATE_COUNTS_MS = 5_000;
/** The shortest service time is taken from the current and the previous span of this length. */
const FASTEST_SPAN_MS = 30_000;

export class Backlog {
  readonly #bounds: BacklogBounds;
  readonly #now: () => number;
  /** The entries in order of arrival, including some that have left. A Set with many deleted entries finds its first slowly. */
  #line: Waiting[] = [];
  #headAt = 0;
  #size = 0;
  readonly #served = Array.from({ length: PARTS }, () => 0);
  #part = 0;
  #busySince = 0;
  #lastRate = { perMs: 0, until: Number.NEGATIVE_INFINITY };
  #fastest: Fastest = { since: Number.NEGATIVE_INFINITY, before: 0, current: Number.POSITIVE_INFINITY };

  constructor(bounds: BacklogBounds, now: () => number = () => performance.now()) {
    this.#bounds = bounds;
    this.#now = now;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether a new entry must be refused. */
  get isFull(): boolean {
    return this.size >= this.#bounds.maxSize || this.isTooMany(this.size);
  }

  /** Whether an entry behind `count` others would wait too long. Some of them may wait in other queues. */
  isTooMany(count: number): boolean {
    const { longestWaitMs, alwaysAllowed, isPipelined = false } = this.#bounds;
    if (count < alwaysAllowed || (isPipelined && this.delayMs <= longestWaitMs / 2)) return false;
    return this.expectedMs(count) > longestWaitMs;
  }

  /** The expected time until `count` entries are served; 0 while no rate is known. */
  expectedMs(count: number): number {
    const perMs = this.#ratePerMs();
    return perMs === null || count === 0 ? 0 : count / perMs;
  }

  /** How much longer the head of the queue has waited than the shortest recent service time. */
  get delayMs(): number {
    const head = this.#head();
    if (!head) return 0;
    this.#turnFastest();
    const { before, current } = this.#fastest;
    return Math.max(0, this.#now() - head.since - Math.min(before, current));
  }

  enter(): Waiting {
    const since = this.#now();
    if (this.size === 0) {
      this.#busySince = since;
      this.#served.fill(0);
    }
    const waiting = { since, hasLeft: false };
    this.#line.push(waiting);
    this.#size += 1;
    return waiting;
  }

  /** @param isServed false when the entry timed out or failed, which does not count for the rate */
  leave(waiting: Waiting, isServed: boolean): void {
    if (waiting.hasLeft) return;
    if (isServed) this.#countServed(waiting);
    if (this.size === 1) this.#keepRate();
    waiting.hasLeft = true;
    this.#size -= 1;
    this.#head();
  }

  #head(): Waiting | undefined {
    while (this.#line[this.#headAt]?.hasLeft) this.#headAt += 1;
    // The array is only shortened when more than half of it has left, so that each entry is copied about once.
    if (this.#headAt > 64 && this.#headAt * 2 > this.#line.length) {
      this.#line = this.#line.slice(this.#headAt);
      this.#headAt = 0;
    }
    return this.#line[this.#headAt];
  }

  #countServed({ since }: Waiting): void {
    this.#turnParts();
    const part = this.#part % PARTS;
    this.#served[part] = (this.#served[part] ?? 0) + 1;
    this.#turnFastest();
    this.#fastest.current = Math.min(this.#fastest.current, this.#now() - since);
  }

  #keepRate(): void {
    if (this.#now() - this.#busySince < LEAST_MEASURED_MS) return;
    this.#lastRate = { perMs: this.#ratePerMs() ?? 0, until: this.#now() + RATE_COUNTS_MS };
  }

  /** The number of entries served per millisecond while the queue was not empty, over at most the last three seconds. */
  #ratePerMs(): number | null {
    const now = this.#now();
    const busyMs = now - this.#busySince;
    if (this.size === 0 || busyMs < LEAST_MEASURED_MS)
      return now < this.#lastRate.until && this.#lastRate.perMs > 0 ? this.#lastRate.perMs : null;
    this.#turnParts();
    const total = this.#served.reduce((sum, count) => sum + count, 0);
    return total / Math.min(busyMs, SPAN_MS);
  }

  #turnParts(): void {
    const part = Math.floor(this.#now() / PART_MS);
    const passed = Math.min(part - this.#part, PARTS);
    for (let nth = 0; nth < passed; nth += 1) this.#served[(part - nth) % PARTS] = 0;
    this.#part = part;
  }

  #turnFastest(): void {
    const now = this.#now();
    const { since, current } = this.#fastest;
    if (now - since < FASTEST_SPAN_MS) return;
    const before = Number.isFinite(current) ? current : 0;
    this.#fastest = { since: now, before, current: Number.POSITIVE_INFINITY };
  }
}

interface Fastest {
  since: number;
  /** The shortest service time of the previous span; 0 when nothing was served in it. */
  before: number;
  current: number;
}
