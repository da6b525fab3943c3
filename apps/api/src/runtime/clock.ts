import { setTimeout as delay } from "node:timers/promises";

/** The clock of this process, for display and for pauses. The clock of the database decides when something expires. */
export interface Clock {
  now(): Date;
  /** Waits for the given time or until the signal is aborted. Never rejects. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  pause: (milliseconds, signal) => delay(milliseconds, undefined, { signal }).catch(() => {}),
};
