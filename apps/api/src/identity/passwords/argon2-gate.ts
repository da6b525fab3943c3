// How many passwords are hashed at once. A hash keeps a core and 19 MiB busy for tens of milliseconds, and runs on the
// few threads of libuv that also look up hosts and read files: ungated, a flood of sign-ins stalls all the rest.

/** Too many passwords are being hashed. The caller may try again. */
export class HashingBusy extends Error {
  override readonly name = "HashingBusy";
  readonly retryAfterSeconds = 2;
}

/** A caller that waits for a hash, and its longest wait. */
export interface GatePlace {
  /** The work is not begun once it is aborted: the caller is gone. */
  readonly signal?: AbortSignal | undefined;
  /** Whether this account has signed in from this network before, or the caller has proved in another way who they are. */
  readonly isKnown?: boolean;
  /** The callers of one network share its places when the queue is full. */
  readonly network?: string;
}

export interface Argon2Gate {
  /**
   * Runs the work when its turn comes. Known callers have a queue of their own, which goes first.
   * @throws HashingBusy when the queue is full, or the turn did not come in time
   */
  run<T>(work: () => Promise<T>, place?: GatePlace): Promise<T>;
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
  /** Of strangers, and as many known callers beside them. */
  readonly longestQueue: number;
  readonly longestWaitMs: number;
  /** How long known callers may wait; by default as long as strangers. */
  readonly longestKnownWaitMs?: number;
}

export interface Machine {
  readonly cores: number;
  /** Of libuv's pool. */
  readonly threads: number;
}

/** One core is left to answer requests, and one thread to everything else that waits for the system. */
export const argon2AtOnce = ({ cores, threads }: Machine): number =>
  Math.max(1, Math.min(cores, threads) - 1);

/** Of so many turns, one is a stranger's if one waits, however many known callers do. */
const STRANGERS_TURN = 8;

interface Waiting {
  readonly network: string | undefined;
  begin(): void;
  refuse(why: string): void;
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

  const refusal = (why: string): HashingBusy => {
    refused += 1;
    return new HashingBusy(why);
  };

  const turn = ({ signal, isKnown = false, network }: GatePlace): Promise<void> =>
    new Promise((resolve, reject) => {
      const queue = isKnown ? known : strangers;
      const leave = () => {
        const at = queue.indexOf(waiting);
        if (at !== -1) queue.splice(at, 1);
        clearTimeout(late);
        signal?.removeEventListener("abort", abandon);
      };
      const waiting: Waiting = {
        network,
        begin: () => {
          leave();
          enter();
          resolve();
        },
        refuse: (why) => {
          leave();
          reject(refusal(why));
        },
      };
      const abandon = () => waiting.refuse("The caller who waited for a password's hash is gone.");
      const late = setTimeout(
        () => waiting.refuse("A password's hash did not begin in time."),
        isKnown ? longestKnownWaitMs : longestWaitMs,
      );
      signal?.addEventListener("abort", abandon, { once: true });
      if (queue.length >= longestQueue && !makePlace(queue, network)) {
        waiting.refuse("Too many wait for a password's hash.");
      } else queue.push(waiting);
    });

  const next = (): Waiting | undefined => {
    turns += 1;
    const isStrangersTurn = turns % STRANGERS_TURN === 0;
    const [first, second] = isStrangersTurn ? [strangers, known] : [known, strangers];
    return first[0] ?? second[0];
  };

  return {
    run: async (work, place = {}) => {
      if (place.signal?.aborted) throw refusal("The caller who asked for a password's hash is gone.");
      if (running < atOnce) enter();
      else await turn(place);
      try {
        return await work();
      } finally {
        running -= 1;
        // The next one counts as running from here on, so that nobody slips in between.
        next()?.begin();
      }
    },
    statistics: () => ({ running, waiting: strangers.length + known.length, mostRunning, refused }),
  };
}

/**
 * Takes the last place of the network that has most of a full queue, if the newcomer's network then has no more than that one.
 * So one network fills the queue only while nobody else comes.
 */
function makePlace(queue: readonly Waiting[], newcomer: string | undefined): boolean {
  if (newcomer === undefined) return false;
  const places = new Map<string | undefined, number>();
  for (const { network } of queue) places.set(network, (places.get(network) ?? 0) + 1);
  const [most = [undefined, 0]] = [...places].toSorted(([, a], [, b]) => b - a);
  const [largest, count] = most;
  if (largest === undefined || count <= (places.get(newcomer) ?? 0) + 1) return false;
  queue
    .findLast(({ network }) => network === largest)
    ?.refuse("Other networks wait for a password's hash, and yours has most of the places.");
  return true;
}
