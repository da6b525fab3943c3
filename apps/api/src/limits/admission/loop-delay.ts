// Measures the delay of the event loop. A single long pause is not an overload, so the result is the shortest of the last
// four delays, which is high only while every turn of the loop is long.

export interface LoopDelay {
  /** The sustained delay of the loop in milliseconds. */
  readonly ms: number;
  stop(): void;
}

export const SAMPLE_MS = 100;
const SAMPLES = 4;

/** Measures with a timer, which fires late when the loop is busy. */
export function watchLoopDelay(now: () => number = () => performance.now()): LoopDelay {
  const delay = standingDelay();
  let dueAt = now() + SAMPLE_MS;
  const timer = setInterval(() => {
    delay.add(Math.max(0, now() - dueAt));
    dueAt = now() + SAMPLE_MS;
  }, SAMPLE_MS);
  timer.unref();
  return {
    get ms() {
      return delay.ms;
    },
    stop: () => clearInterval(timer),
  };
}

export interface StandingDelay {
  readonly ms: number;
  add(delayMs: number): void;
}

/** The shortest of the last four delays; 0 until four were added. */
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
