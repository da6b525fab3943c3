// The points that each payer spent within the last minute, in this process's memory, which is bounded. A window that slides is
// approximated by two fixed ones: the minute before counts in proportion to how much of it still lies within the last 60 s.

export interface Spending {
  /** Whether the points were more than was left. Then they are not counted. */
  readonly isOver: boolean;
  readonly remaining: number;
  /** Until so much is left as was asked for. 0 when it was granted. */
  readonly retryAfterSeconds: number;
  /** Until the minute ends that is counted now. */
  readonly resetSeconds: number;
}

/** What other processes do not know yet of one spender: to be added to their common count. */
export interface Unsettled {
  readonly key: string;
  readonly minute: number;
  readonly points: number;
}

export interface SpendingBook {
  /** @param points at most the budget: more could never be granted */
  spend(key: string, points: number, now: number): Spending;
  /** Gives back what was granted and not used. */
  giveBack(key: string, points: number, now: number): void;
  /** How many points of one spender are not settled. */
  unsettledOf(key: string): number;
  /** Takes all that is not settled. */
  takeUnsettled(): Unsettled[];
  /** What all processes together spent in a minute, as far as the common count knows it. */
  learn(key: string, minute: number, total: number): void;
  /** Puts back what could not be settled. */
  putBack(unsettled: readonly Unsettled[]): void;
}

export interface BookOptions {
  /** The budget of each, for a minute. */
  readonly points: number;
  /** Whether anybody settles. Else nothing is kept for it. */
  readonly isShared: boolean;
  /** The most spenders that are remembered: of more, those that spent least recently are forgotten. */
  readonly most?: number;
}

const MINUTE_MS = 60_000;
const MOST_SPENDERS = 50_000;

interface Spender {
  minute: number;
  /** In the minute before. */
  before: number;
  /** In this minute, by all processes as far as is known. */
  spent: number;
  /** Of this minute and of the one before, by this process alone. */
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
      // In the order of their last minute, so that the first is the one to forget.
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
    spend: (key, asked, now) => {
      const points = Math.min(asked, budget);
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
    giveBack: (key, asked, now) => {
      const spender = spenders.get(key);
      if (spender?.minute === Math.floor(now / MINUTE_MS)) note(key, spender, -Math.min(asked, budget));
    },
    unsettledOf: (key) => spenders.get(key)?.unsettled ?? 0,
    takeUnsettled: () => {
      const taken = Array.from(dirty).flatMap((key) => {
        const spender = spenders.get(key);
        if (!spender) return [];
        const { minute, unsettled, unsettledBefore } = spender;
        spender.unsettled = 0;
        spender.unsettledBefore = 0;
        // Of the minute before always: what others spent in it is learnt with it.
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
      // Points spent here while the answer was on its way are not in the total.
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
 * How long until no more than `most` is spent, if nothing is spent meanwhile: in this minute what counts of the one before
 * shrinks, and in the next one what counts of this.
 */
function waitFor({ before, spent }: Spender, most: number, passed: number): number {
  const inThis = spent <= most && before > 0 ? 1 - (most - spent) / before : 1;
  const at = inThis < 1 ? inThis : 2 - Math.min(1, most / Math.max(spent, 1));
  return Math.max(1, Math.ceil((at - passed) * 60));
}
