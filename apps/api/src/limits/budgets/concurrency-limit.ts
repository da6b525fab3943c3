// Limits the concurrent work of each account or workspace in this server. A call takes places in proportion to its points;
// a long operation takes one of a few separate places. A call without a free place waits briefly, in the order of arrival,
// and is then refused. Only keys with calls in progress use memory.

export interface ConcurrencyBounds {
  /** The places of calls that are not long operations. */
  readonly short: number;
  /** The places of long operations. */
  readonly long: number;
  /** The most waiting calls of one key. */
  readonly longestQueue: number;
  readonly longestWaitMs: number;
}

export interface Load {
  readonly isLong: boolean;
  /** The places of a short call. A long operation always takes one long place. */
  readonly places: number;
}

/** Frees the places of a call. It is called once when the call has ended. */
export type Leave = () => void;

export interface ConcurrencyLimit {
  /** Takes places for a call; null when the call waited too long or the queue is full. */
  enter(key: string, load: Load): Leave | Promise<Leave | null>;
}

interface KeyState {
  free: number;
  readonly waiting: Waiting[];
}

interface Waiting {
  readonly places: number;
  readonly start: () => void;
}

export function createConcurrencyLimit({
  short,
  long,
  longestQueue,
  longestWaitMs,
}: ConcurrencyBounds): ConcurrencyLimit {
  const states = { short: new Map<string, KeyState>(), long: new Map<string, KeyState>() };

  return {
    enter: (key, { isLong, places: requested }) => {
      const all = isLong ? long : short;
      const byKey = isLong ? states.long : states.short;
      const places = isLong ? 1 : Math.min(requested, all);
      const known = byKey.get(key);
      const state = known ?? { free: all, waiting: [] };
      if (!known) byKey.set(key, state);
      const leave = () => {
        state.free += places;
        startNext(state);
        if (state.free === all) byKey.delete(key);
      };
      if (state.waiting.length === 0 && state.free >= places) {
        state.free -= places;
        return leave;
      }
      return state.waiting.length < longestQueue
        ? waitForPlaces(state, { places, leave, longestWaitMs })
        : Promise.resolve(null);
    },
  };
}

/** Starts waiting calls, in order, while enough places are free. */
function startNext(state: KeyState): void {
  for (let [next] = state.waiting; next && next.places <= state.free; [next] = state.waiting) {
    state.waiting.shift();
    state.free -= next.places;
    next.start();
  }
}

interface WaitOptions {
  readonly places: number;
  readonly leave: Leave;
  readonly longestWaitMs: number;
}

function waitForPlaces(
  state: KeyState,
  { places, leave, longestWaitMs }: WaitOptions,
): Promise<Leave | null> {
  return new Promise((resolve) => {
    const waiting: Waiting = {
      places,
      start: () => {
        clearTimeout(timer);
        resolve(leave);
      },
    };
    const timer = setTimeout(() => {
      state.waiting.splice(state.waiting.indexOf(waiting), 1);
      // The calls behind it may need fewer places and may start now.
      startNext(state);
      resolve(null);
    }, longestWaitMs);
    state.waiting.push(waiting);
  });
}
