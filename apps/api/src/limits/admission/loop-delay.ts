// How late the event loop is. A single long pause is no overload: what counts is the shortest of the last few delays, which is
// high only while every turn of the loop is long.

export interface LoopDelay {
  /** Milliseconds by which the loop is late, and goes on being. */
  readonly ms: number;
  stop(): void;
}

export const SAMPLE_MS = 100;
const SAMPLES = 4;

/** Measures by a timer, which fires late when the loop is busy. */
export function watchLoopDelay(now: () => number = () => performance.now()): LoopDelay {
  const standing = standingDelay();
  let dueAt = now() + SAMPLE_MS;
  const timer = setInterval(() => {
    standing.add(Math.max(0, now() - dueAt));
    dueAt = now() + SAMPLE_MS;
  }, SAMPLE_MS);
  timer.unref();
  return {
    get ms() {
      return standing.ms;
    },
    stop: () => clearInterval(timer),
  };
}

export interface StandingDelay {
  readonly ms: number;
  add(delayMs: number): void;
}

/** The shortest of the last four delays, once there are four. */
export function standingDelay(): StandingDelay {
  const last: number[] = [];
  return {
    get ms() {
      return last.length < SAMPLES ? 0 : Math.min(...last);
    },
    add: (delayMs) => {
      last.push(delayMs);
      if (last.length > SAMPLES) last.shift();
    },
  };
}
