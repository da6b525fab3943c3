// How many passwords are hashed at once. A hash keeps a core and 19 MiB busy for tens of milliseconds, and runs on the
// few threads of libuv that also look up hosts and read files: ungated, a flood of sign-ins stalls all the rest.

/** Too many passwords are being hashed. The caller may try again. */
export class HashingBusy extends Error {
  override readonly name = "HashingBusy";
  readonly retryAfterSeconds = 2;
}

export interface Argon2Gate {
  /**
   * Runs the work when its turn comes, first come first served.
   * @param signal whoever waits is gone once it is aborted, and the work is not begun
   * @throws HashingBusy when the queue is full, or the turn did not come in time
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  statistics(): GateStatistics;
}

export interface GateStatistics {
  readonly running: number;
  readonly waiting: number;
  /** The most that ever ran at once. */
  readonly mostRunning: number;
  /** How many were turned away. */
  readonly refused: number;
}

export interface GateBounds {
  readonly atOnce: number;
  readonly longestQueue: number;
  readonly longestWaitMs: number;
}

export interface Machine {
  readonly cores: number;
  /** Of libuv's pool. */
  readonly threads: number;
}

/** One core is left to answer requests, and one thread to everything else that waits for the system. */
export const argon2AtOnce = ({ cores, threads }: Machine): number =>
  Math.max(1, Math.min(cores, threads) - 1);

export function createArgon2Gate({ atOnce, longestQueue, longestWaitMs }: GateBounds): Argon2Gate {
  const queue = new Set<() => void>();
  let running = 0;
  let mostRunning = 0;
  let refused = 0;

  const enter = () => {
    running += 1;
    mostRunning = Math.max(mostRunning, running);
  };

  const refusal = (why: string): HashingBusy => {
    refused += 1;
    return new HashingBusy(why);
  };

  const turn = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = () => {
        queue.delete(begin);
        clearTimeout(late);
        signal?.removeEventListener("abort", abandon);
      };
      const begin = () => {
        leave();
        enter();
        resolve();
      };
      const refuse = (why: string) => {
        leave();
        reject(refusal(why));
      };
      const abandon = () => refuse("Whoever waited for a password's hash is gone.");
      const late = setTimeout(() => refuse("A password's hash did not begin in time."), longestWaitMs);
      signal?.addEventListener("abort", abandon, { once: true });
      queue.add(begin);
    });

  return {
    run: async (work, signal) => {
      if (signal?.aborted) throw refusal("Whoever asked for a password's hash is gone.");
      if (running < atOnce) enter();
      else if (queue.size < longestQueue) await turn(signal);
      else throw refusal("Too many wait for a password's hash.");
      try {
        return await work();
      } finally {
        running -= 1;
        // The next one counts as running from here on, so that nobody slips in between.
        const [next] = queue;
        next?.();
      }
    },
    statistics: () => ({ running, waiting: queue.size, mostRunning, refused }),
  };
}
