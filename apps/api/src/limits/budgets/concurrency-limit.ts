// How much of one account or workspace runs at once in this server. A call takes as many places as its work is heavy; a long
// operation takes one of a few of its own. Who finds none waits briefly, in the order in which they came, and is then
// refused. Only what is under way is remembered.

export interface AtOnceBounds {
  /** Places of calls that are not long. */
  readonly short: number;
  /** Long operations. */
  readonly long: number;
  /** The most calls that wait for one spender. */
  readonly longestQueue: number;
  readonly longestWaitMs: number;
}

export interface Load {
  readonly isLong: boolean;
  /** Of a short call; a long operation takes one of its own places. */
  readonly places: number;
}

/** To be called once when the call has ended. */
export type Leave = () => void;

export interface AtOnce {
  /** Null when it waited too long, or too many wait already. */
  enter(key: string, load: Load): Leave | Promise<Leave | null>;
}

interface Lane {
  free: number;
  readonly waiting: Waiting[];
}

interface Waiting {
  readonly places: number;
  readonly start: () => void;
}

export function createAtOnce({ short, long, longestQueue, longestWaitMs }: AtOnceBounds): AtOnce {
  const lanes = { short: new Map<string, Lane>(), long: new Map<string, Lane>() };

  return {
    enter: (key, { isLong, places: asked }) => {
      const all = isLong ? long : short;
      const byKey = isLong ? lanes.long : lanes.short;
      const places = isLong ? 1 : Math.min(asked, all);
      const known = byKey.get(key);
      const lane = known ?? { free: all, waiting: [] };
      if (!known) byKey.set(key, lane);
      const leave = () => {
        lane.free += places;
        startNext(lane);
        if (lane.free === all) byKey.delete(key);
      };
      if (lane.waiting.length === 0 && lane.free >= places) {
        lane.free -= places;
        return leave;
      }
      return lane.waiting.length < longestQueue
        ? waitIn(lane, { places, leave, longestWaitMs })
        : Promise.resolve(null);
    },
  };
}

/** Starts those that wait, in their order, as far as there is room. */
function startNext(lane: Lane): void {
  for (let [next] = lane.waiting; next && next.places <= lane.free; [next] = lane.waiting) {
    lane.waiting.shift();
    lane.free -= next.places;
    next.start();
  }
}

interface Wish {
  readonly places: number;
  readonly leave: Leave;
  readonly longestWaitMs: number;
}

function waitIn(lane: Lane, { places, leave, longestWaitMs }: Wish): Promise<Leave | null> {
  return new Promise((resolve) => {
    const mine: Waiting = {
      places,
      start: () => {
        clearTimeout(late);
        resolve(leave);
      },
    };
    const late = setTimeout(() => {
      lane.waiting.splice(lane.waiting.indexOf(mine), 1);
      // It may have been heavier than those behind it.
      startNext(lane);
      resolve(null);
    }, longestWaitMs);
    lane.waiting.push(mine);
  });
}
