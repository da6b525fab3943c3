import { setTimeout as delay } from "node:timers/promises";

/** This process's time: for what is shown and for pauses. What expires, expires by the database's clock. */
export interface Clock {
  now(): Date;
  /** Waits, or until the signal says that there is nothing to wait for. Never rejects. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  pause: (milliseconds, signal) => delay(milliseconds, undefined, { signal }).catch(() => {}),
};
