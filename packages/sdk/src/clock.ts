import { platform, type AbortSignalLike } from "./platform.ts";

/** Time and randomness. Passed as an argument, so that tests can control them. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** A number from 0 (inclusive) to 1 (exclusive). */
  random(): number;
  /** A random id, as a UUID. */
  newId(): string;
  /** Resolves after `ms` milliseconds, or as soon as the signal aborts. Default: the timers of the runtime. */
  readonly sleep?: (ms: number, signal: AbortSignalLike) => Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  newId: () => {
    const { crypto } = platform();
    if (crypto?.randomUUID) return crypto.randomUUID();
    // Browsers have no randomUUID on a page without https. Where there is no Web Crypto at all, Math.random makes a unique id.
    const randomByte = () => crypto?.getRandomValues?.(new Uint8Array(1))[0] ?? Math.random() * 256;
    return "xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx".replace(/x/g, () => (randomByte() & 15).toString(16));
  },
};
