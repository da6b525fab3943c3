// Counts the points that each payer spent within the last minute, in bounded memory of this process. A sliding window is
// approximated by two fixed ones: the previous minute counts in proportion to its part within the last 60 seconds.

export interface Spending {
  /** Whether the points exceeded the rest of the budget. Such points are not counted. */
  readonly isOver: boolean;
  readonly remaining: number;
  /** The seconds until enough points are available; 0 when the points were granted. */
  readonly retryAfterSeconds: number;
  /** The seconds until the current minute ends. */
  readonly resetSeconds: number;
}

/** Points of one payer that were not added to the common count yet. */
export interface Unsettled {
  readonly key: string;
  readonly minute: number;
  readonly points: number;
}

export interface SpendingBook {
  /** Spends points. More points than the budget are counted as the whole budget. */
  spend(key: string, points: number, now: number): Spending;
  /** Gives back points that were granted and not used. */
  giveBack(key: string, points: number, now: number): void;
  /** The unsettled points of one payer in this minute. */
  unsettledOf(key: string): number;
  /** Takes all unsettled points. */
  takeUnsettled(): Unsettled[];
  /** Sets the points that all processes spent in a minute, according to the common count. */
  learn(key: string, minute: number, total: number): void;
  /** Puts back points that could not be settled. */
  putBack(unsettled: readonly Unsettled[]): void;
}

export interface BookOptions {
  /** The budget of each payer, in points per minute. */
  readonly points: number;
  /** Whether the points are settled with other processes. Otherwise unsettled points are not tracked. */
  readonly isShared: boolean;
  /** The most payers in memory. Beyond it, the payers that spent least recently are forgotten. */
  readonly most?: number;
}

const MINUTE_MS = 60_000;
const MOST_SPENDERS = 50_000;

interface Spender {
  minute: number;
  /** The points spent in the previous minute. */
  before: number;
  /** The points spent in this minute by all processes, as far as this process knows. */
  spent: number;
  /** The unsettled points of this process in this minute and in the previous one. */
  unsettled: number;
  unsettledBefore: number;
}

export function createSpendingBook({
  points: budget,
  isShared,
  most = MOST_SPENDERS,
}: BookOptions): SpendingBook {
  const spenders = new Map<string, Spender>();
  const dirty = new Set<string>();

  const spenderAt = (key: string, minute: number): Spender => {
    const known = spenders.get(key);
    if (!known) {
      if (spenders.size >= most) forgetOldest();
      const spender = { minute, before: 0, spent: 0, unsettled: 0, unsettledBefore: 0 };
      spenders.set(key, spender);
      return spender;
    }
    if (known.minute < minute) {
      const isNext = known.minute === minute - 1;
      known.before = isNext ? known.spent : 0;
      known.unsettledBefore = isNext ? known.unsettled : 0;
      known.spent = 0;
      known.unsettled = 0;
      known.minute = minute;
      // The map is ordered by the last minute of each payer, so the first entry is forgotten first.
      spenders.delete(key);
      spenders.set(key, known);
    }
    return known;
  };
  const forgetOldest = () => {
    const [oldest] = spenders.keys();
    if (oldest === undefined) return;
    spenders.delete(oldest);
    dirty.delete(oldest);
  };
  const note = (key: string, spender: Spender, points: number) => {
    spender.spent = Math.max(0, spender.spent + points);
    if (!isShared) return;
    spender.unsettled += points;
    dirty.add(key);
  };

  return {
    spend: (key, requested, now) => {
      const points = Math.min(requested, budget);
      const minute = Math.floor(now / MINUTE_MS);
      const passed = (now % MINUTE_MS) / MINUTE_MS;
      const spender = spenderAt(key, minute);
      const level = spender.before * (1 - passed) + spender.spent;
      const resetSeconds = Math.max(1, Math.ceil((1 - passed) * 60));
      if (level + points > budget) {
        const retryAfterSeconds = waitFor(spender, budget - points, passed);
        return {
          isOver: true,
          remaining: Math.max(0, Math.floor(budget - level)),
          retryAfterSeconds,
          resetSeconds,
        };
      }
      note(key, spender, points);
      const remaining = Math.floor(budget - level - points);
      return { isOver: false, remaining, retryAfterSeconds: 0, resetSeconds };
    },
    giveBack: (key, returned, now) => {
      const spender = spenders.get(key);
      if (spender?.minute === Math.floor(now / MINUTE_MS)) note(key, spender, -Math.min(returned, budget));
    },
    unsettledOf: (key) => spenders.get(key)?.unsettled ?? 0,
    takeUnsettled: () => {
      const taken = Array.from(dirty).flatMap((key) => {
        const spender = spenders.get(key);
        if (!spender) return [];
        const { minute, unsettled, unsettledBefore } = spender;
        spender.unsettled = 0;
        spender.unsettledBefore = 0;
        // The previous minute is always included, because settling it returns the points of the other processes.
        return [
          { key, minute: minute - 1, points: unsettledBefore },
          { key, minute, points: unsettled },
        ];
      });
      dirty.clear();
      return taken;
    },
    learn: (key, minute, total) => {
      const spender = spenders.get(key);
      if (!spender) return;
      // Points spent here while the answer was in transit are not included in the total.
      if (spender.minute === minute) spender.spent = Math.max(0, total + spender.unsettled);
      else if (spender.minute === minute + 1) spender.before = Math.max(0, total + spender.unsettledBefore);
    },
    putBack: (unsettled) => {
      for (const { key, minute, points } of unsettled) {
        const spender = spenders.get(key);
        if (!spender || points === 0) continue;
        if (spender.minute === minute) spender.unsettled += points;
        else if (spender.minute === minute + 1) spender.unsettledBefore += points;
        else continue;
        dirty.add(key);
      }
    },
  };
}

/**
 * The seconds until at most `most` points count, if nothing is spent in the meantime. In this minute the share of the
 * previous minute shrinks; in the next minute the share of this one shrinks.
 */
function waitFor({ before, spent }: Spender, most: number, passed: number): number {
  const inThis = spent <= most && before > 0 ? 1 - (most - spent) / before : 1;
  const at = inThis < 1 ? inThis : 2 - Math.min(1, most / Math.max(spent, 1));
  return Math.max(1, Math.ceil((at - passed) * 60));
}
