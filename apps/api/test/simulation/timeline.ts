/** The event loop of a discrete-event simulation. It runs events in the order of their times, in seconds. */
export class Timeline {
  #now = 0;
  readonly #heap: { readonly at: number; readonly order: number; readonly act: () => void }[] = [];
  #order = 0;

  get now(): number {
    return this.#now;
  }

  after(seconds: number, act: () => void): void {
    const heap = this.#heap;
    const event = { at: this.#now + seconds, order: (this.#order += 1), act };
    let place = heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (!above || isBefore(above, event)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = event;
  }

  /** Runs events until the time `until`, or until `isOver` returns true. */
  run(until: number, isOver: () => boolean): void {
    while ((this.#heap[0]?.at ?? Infinity) <= until) {
      const event = this.#take();
      this.#now = event?.at ?? until;
      event?.act();
      if (isOver()) return;
    }
    this.#now = until;
  }

  #take() {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
      if (!left) break;
      const lesser = right && isBefore(right, left) ? right : left;
      if (isBefore(last, lesser)) break;
      heap[place] = lesser;
      place = 2 * place + (lesser === left ? 1 : 2);
    }
    heap[place] = last;
    return first;
  }
}

type Placed = { readonly at: number; readonly order: number };

const isBefore = (a: Placed, b: Placed): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
