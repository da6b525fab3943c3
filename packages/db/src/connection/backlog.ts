// Measures a first-in-first-out queue: how long its head has waited, how fast it is served, and whether a newcomer can still
// be served in time. By Little's law a newcomer waits for as long as the length of the queue divided by the rate at which it
// is served.

export interface BacklogBounds {
  /** A newcomer that would wait longer is to be refused. */
  readonly longestWaitMs: number;
  /** So many may always wait, whatever was measured. */
  readonly few: number;
  /** More than so many may never wait. */
  readonly most: number;
  /**
   * Whether what waits has been sent already and travels: then the rate says nothing until the head has waited for half of
   * the longest time, beyond the shortest time in which anything was served lately. A network that adds 100 ms to each
   * answer is no queue.
   */
  readonly travels?: boolean;
}

/** Something that waits. */
export interface Waiting {
  readonly since: number;
  hasLeft: boolean;
}

/** The rate is that of so long: long enough that a pause of a second does not look like a slow database. */
const SPAN_MS = 3_000;
const PARTS = 10;
const PART_MS = SPAN_MS / PARTS;
/** A queue that has not been busy for so long has shown no rate, and that of the last time counts for a while. */
const LEAST_MEASURED_MS = 1_000;
const RATE_COUNTS_MS = 5_000;
/** The shortest service time is that of the last one or two of these. */
const FASTEST_SPAN_MS = 30_000;

export class Backlog {
  readonly #bounds: BacklogBounds;
  readonly #now: () => number;
  /** In the order in which they came, with some that have left. A Set's first entry is slow to find where many were deleted. */
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

  /** Whether a newcomer is to be refused. */
  get isFull(): boolean {
    return this.size >= this.#bounds.most || this.isTooMany(this.size);
  }

  /** Whether that many callers would wait for too long. Some of them may wait in other queues. */
  isTooMany(many: number): boolean {
    const { longestWaitMs, few, travels = false } = this.#bounds;
    if (many < few || (travels && this.delayMs <= longestWaitMs / 2)) return false;
    return this.expectedMs(many) > longestWaitMs;
  }

  /** How long it takes until so many are served; 0 while no rate is known. */
  expectedMs(many: number): number {
    const perMs = this.#ratePerMs();
    return perMs === null || many === 0 ? 0 : many / perMs;
  }

  /** How long the head of the queue has waited beyond the shortest time in which anything was served lately. */
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

  /** @param isServed false when it gave up or was refused, which says nothing of the rate */
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
    // Cut off now and then, so that each is moved about once.
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

  /** How many were served in a millisecond in which the queue was not empty, at most of the last seconds. */
  #ratePerMs(): number | null {
    const now = this.#now();
    const busyMs = now - this.#busySince;
    if (this.size === 0 || busyMs < LEAST_MEASURED_MS)
      return now < this.#lastRate.until && this.#lastRate.perMs > 0 ? this.#lastRate.perMs : null;
    this.#turnParts();
    const total = this.#served.reduce((sum, many) => sum + many, 0);
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
  /** Of the span before this one; 0 when nothing was served in it. */
  before: number;
  current: number;
}
