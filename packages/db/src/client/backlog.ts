// Measures a first-in-first-out queue: how long its head has waited, how fast it is served, and whether a newcomer can still
// be served in time. By Little's law a newcomer waits for as long as the queue is divided by the rate at which it is
// served. The rate says so only while the queue never runs empty, so the answer also depends on how long the head has
// waited beyond the shortest time in which anything was served lately: a network that adds 100 ms to each answer is no queue.

export interface BacklogBounds {
  /** A newcomer that would wait longer is to be refused. */
  readonly longestWaitMs: number;
  /** So many may always wait, whatever was measured. */
  readonly few: number;
  /** More than so many may never wait. */
  readonly most: number;
}

/** Something that waits. */
export interface Waiting {
  readonly since: number;
}

/** The rate is that of so long: long enough that a pause of a second does not look like a slow database. */
const SPAN_MS = 3_000;
const PARTS = 10;
const PART_MS = SPAN_MS / PARTS;
/** The shortest service time is that of the last one or two of these. */
const FASTEST_SPAN_MS = 30_000;

export class Backlog {
  readonly #bounds: BacklogBounds;
  readonly #now: () => number;
  readonly #waiting = new Set<Waiting>();
  readonly #served = Array.from({ length: PARTS }, () => 0);
  #part = 0;
  #busySince: number | null = null;
  #fastest: Fastest = { since: Number.NEGATIVE_INFINITY, before: 0, current: Number.POSITIVE_INFINITY };

  constructor(bounds: BacklogBounds, now: () => number = () => performance.now()) {
    this.#bounds = bounds;
    this.#now = now;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Whether a newcomer is to be refused. */
  get isFull(): boolean {
    const { longestWaitMs, few, most } = this.#bounds;
    if (this.size < few) return false;
    if (this.size >= most) return true;
    return this.delayMs > longestWaitMs / 2 && this.size > this.#ratePerMs() * longestWaitMs;
  }

  /** How long the head of the queue has waited beyond the shortest time in which anything was served lately. */
  get delayMs(): number {
    const [head] = this.#waiting;
    if (!head) return 0;
    this.#turnFastest();
    const { before, current } = this.#fastest;
    const fastest = Math.min(before, current);
    return Math.max(0, this.#now() - head.since - fastest);
  }

  enter(): Waiting {
    const since = this.#now();
    if (this.#waiting.size === 0) {
      this.#busySince = since;
      this.#served.fill(0);
    }
    const waiting = { since };
    this.#waiting.add(waiting);
    return waiting;
  }

  /** @param isServed false when it gave up or was refused, which says nothing of the rate */
  leave(waiting: Waiting, isServed: boolean): void {
    if (!this.#waiting.delete(waiting) || !isServed) return;
    this.#turnParts();
    this.#served[this.#part % PARTS] = (this.#served[this.#part % PARTS] ?? 0) + 1;
    this.#turnFastest();
    this.#fastest.current = Math.min(this.#fastest.current, this.#now() - waiting.since);
  }

  /** Of the time in which the queue was not empty, at most of the last seconds. */
  #ratePerMs(): number {
    this.#turnParts();
    const busyMs = this.#now() - (this.#busySince ?? this.#now());
    const total = this.#served.reduce((sum, many) => sum + many, 0);
    return total / Math.max(1, Math.min(busyMs, SPAN_MS));
  }

  #turnParts(): void {
    const part = Math.floor(this.#now() / PART_MS);
    const passed = Math.min(part - this.#part, PARTS);
    for (let nth = 1; nth <= passed; nth += 1) this.#served[(part - passed + nth) % PARTS] = 0;
    this.#part = part;
  }

  #turnFastest(): void {
    const now = this.#now();
    const { since, current } = this.#fastest;
    if (now - since < FASTEST_SPAN_MS) return;
    this.#fastest = { since: now, before: Number.isFinite(current) ? current : 0, current: Number.POSITIVE_INFINITY };
  }
}

interface Fastest {
  since: number;
  /** Of the span before this one; 0 when nothing was served in it. */
  before: number;
  current: number;
}
