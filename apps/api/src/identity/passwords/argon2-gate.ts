// Limits how many passwords are hashed concurrently. A hash uses a core and 19 MiB for tens of milliseconds, and runs on
// the few threads of libuv that also resolve host names and read files. Without a limit, a flood of sign-ins blocks all
// other work. A known caller's account signed in from the same network before; all other callers are strangers.

/** Too many passwords are being hashed. The caller may try again. */
export class HashingBusy extends Error {
  override readonly name = "HashingBusy";
  readonly retryAfterSeconds = 2;
}

/** A place of a caller in the queue. */
export interface GatePlace {
  /** Aborted when the caller disconnects. Work that has not started is then skipped. */
  readonly signal?: AbortSignal | undefined;
  /** Whether this account signed in from this network before, or the caller proved their identity in another way. */
  readonly isKnown?: boolean;
  /** The callers of one network share its places when the queue is full. */
  readonly network?: string;
}

export interface Argon2Gate {
  /**
   * Runs the work when capacity is free. Known callers have a separate queue, which has priority.
   * @throws HashingBusy when the queue is full or the longest wait has passed
   */
  run<T>(work: () => Promise<T>, place?: GatePlace): Promise<T>;
  statistics(): GateStatistics;
}

export interface GateStatistics {
  readonly running: number;
  readonly waiting: number;
  /** The highest number that ran concurrently. */
  readonly mostRunning: number;
  /** The number of refused callers. */
  readonly refused: number;
}

export interface GateBounds {
  /** The most hashes that run concurrently. */
  readonly atOnce: number;
  /** The length of the queue of strangers, and of the separate queue of known callers. */
  readonly longestQueue: number;
  readonly longestWaitMs: number;
  /** The longest wait of known callers; by default `longestWaitMs`. */
  readonly longestKnownWaitMs?: number;
}

export interface Machine {
  readonly cores: number;
  /** The size of libuv's thread pool. */
  readonly threads: number;
}

/** The number of concurrent hashes. One core is left for requests, and one thread for file and DNS work. */
export const argon2Concurrency = ({ cores, threads }: Machine): number =>
  Math.max(1, Math.min(cores, threads) - 1);

/** Every eighth hash is a stranger's if one is waiting, even while known callers wait. */
const STRANGER_INTERVAL = 8;

interface Waiting {
  readonly network: string | undefined;
  start(): void;
  refuse(reason: string): void;
}

export function createArgon2Gate(bounds: GateBounds): Argon2Gate {
  const { atOnce, longestQueue, longestWaitMs, longestKnownWaitMs = longestWaitMs } = bounds;
  const strangers: Waiting[] = [];
  const known: Waiting[] = [];
  let running = 0;
  let mostRunning = 0;
  let refused = 0;
  let turns = 0;

  const enter = () => {
    running += 1;
    mostRunning = Math.max(mostRunning, running);
  };

  const refusal = (reason: string): HashingBusy => {
    refused += 1;
    return new HashingBusy(reason);
  };

  const waitForPlace = ({ signal, isKnown = false, network }: GatePlace): Promise<void> =>
    new Promise((resolve, reject) => {
      const queue = isKnown ? known : strangers;
      const leave = () => {
        const at = queue.indexOf(waiting);
        if (at !== -1) queue.splice(at, 1);
        clearTimeout(timer);
        signal?.removeEventListener("abort", abandon);
      };
      const waiting: Waiting = {
        network,
        start: () => {
          leave();
          enter();
          resolve();
        },
        refuse: (reason) => {
          leave();
          reject(refusal(reason));
        },
      };
      const abandon = () => waiting.refuse("The caller disconnected while waiting for password hashing.");
      const timer = setTimeout(
        () => waiting.refuse("Password hashing did not start in time."),
        isKnown ? longestKnownWaitMs : longestWaitMs,
      );
      signal?.addEventListener("abort", abandon, { once: true });
      if (queue.length >= longestQueue && !freePlaceFor(queue, network)) {
        waiting.refuse("The queue for password hashing is full.");
      } else queue.push(waiting);
    });

  const next = (): Waiting | undefined => {
    turns += 1;
    const prefersStrangers = turns % STRANGER_INTERVAL === 0;
    const [first, second] = prefersStrangers ? [strangers, known] : [known, strangers];
    return first[0] ?? second[0];
  };

  return {
    run: async (work, place = {}) => {
      if (place.signal?.aborted) throw refusal("The caller disconnected before password hashing.");
      if (running < atOnce) enter();
      else await waitForPlace(place);
      try {
        return await work();
      } finally {
        running -= 1;
        // The next caller counts as running immediately, so that no other caller can overtake it.
        next()?.start();
      }
    },
    statistics: () => ({ running, waiting: strangers.length + known.length, mostRunning, refused }),
  };
}

/**
 * Frees a place in a full queue for a new caller: removes the last caller of the network with the most places, unless the
 * new caller's network would then have more places than that one. So no single network can fill the queue.
 */
function freePlaceFor(queue: readonly Waiting[], newcomer: string | undefined): boolean {
  if (newcomer === undefined) return false;
  const places = new Map<string | undefined, number>();
  for (const { network } of queue) places.set(network, (places.get(network) ?? 0) + 1);
  const [most = [undefined, 0]] = [...places].toSorted(([, a], [, b]) => b - a);
  const [largest, count] = most;
  if (largest === undefined || count <= (places.get(newcomer) ?? 0) + 1) return false;
  queue
    .findLast(({ network }) => network === largest)
    ?.refuse("The network of the caller holds the most places in the queue for password hashing.");
  return true;
}
