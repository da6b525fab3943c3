// Lets the calls with one idempotency key run one after another in this process, so that a call that waits for another one
// holds no connection of the database. Between processes, the primary key of the row has the same effect.
import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { KeyInProgress } from "@projostack/db";

/** A call waits no longer than a transaction waits for a lock. */
const MAX_WAIT_MS = 2_000;

export interface Turn {
  /** Whether another call with the key ran before this one. */
  readonly hasWaited: boolean;
  end(): void;
}

export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Waits until the earlier calls with the key have ended. @throws KeyInProgress after two seconds */
  async take(id: string): Promise<Turn> {
    const before = this.#last.get(id);
    const ended = new EventEmitter();
    const end = () => void ended.emit("end");
    const done = once(ended, "end").then(() => {});
    const mine = before ? before.then(() => done) : done;
    this.#last.set(id, mine);
    void mine.then(() => {
      if (this.#last.get(id) === mine) this.#last.delete(id);
    });
    if (!before) return { hasWaited: false, end };
    const timer = new AbortController();
    const isLate = await Promise.race([
      before.then(() => false),
      delay(MAX_WAIT_MS, true, { signal: timer.signal, ref: false }).catch(() => true),
    ]);
    timer.abort();
    if (!isLate) return { hasWaited: true, end };
    end();
    throw new KeyInProgress();
  }
}
