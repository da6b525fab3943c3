import { describe, expect, it } from "vitest";
import {
  createConcurrencyLimit,
  type ConcurrencyBounds,
  type Leave,
  type Load,
} from "./concurrency-limit.ts";

const short = (places = 1) => ({ isLong: false, places });
const waits = (): Promise<string> => new Promise((passed) => setTimeout(passed, 20, "waits"));
const long = { isLong: true, places: 1 };
/** Wraps `enter` so that it always returns a promise. */
const createLimit = (given: ConcurrencyBounds) => {
  const limit = createConcurrencyLimit(given);
  return { enter: async (key: string, load: Load): Promise<Leave | null> => limit.enter(key, load) };
};

const bounds = { short: 4, long: 1, longestQueue: 3, longestWaitMs: 60_000 };

describe("the concurrency limit", () => {
  it("applies to each key, and starts waiting calls in order when running calls end", async () => {
    const limit = createLimit(bounds);
    const running = await Promise.all([short(2), short(2)].map((load) => limit.enter("a", load)));
    const started: string[] = [];
    const waiting = ["first", "second"].map(async (name) => {
      await limit.enter("a", short());
      started.push(name);
    });
    await Promise.resolve();
    expect(started).toEqual([]);
    expect(await limit.enter("b", short(4))).not.toBeNull();
    running[0]?.();
    await Promise.all(waiting);
    expect(started).toEqual(["first", "second"]);
  });

  it("gives long operations separate places, so that they do not delay other calls", async () => {
    const limit = createLimit(bounds);
    await limit.enter("a", long);
    const second = limit.enter("a", long);
    expect(await limit.enter("a", short(4))).not.toBeNull();
    expect(await Promise.race([second, waits()])).toBe("waits");
  });

  it("gives all places to a call that needs more than all of them", async () => {
    const limit = createLimit(bounds);
    const leave = await limit.enter("a", short(99));
    expect(await Promise.race([limit.enter("a", short()), waits()])).toBe("waits");
    leave?.();
  });

  it("refuses immediately when the queue is full, and refuses waiting calls after the longest wait", async () => {
    const limit = createLimit({ ...bounds, longestWaitMs: 50 });
    await limit.enter("a", short(4));
    const waiting = Array.from({ length: 3 }, () => limit.enter("a", short()));
    expect(await limit.enter("a", short())).toBeNull();
    expect(await Promise.all(waiting)).toEqual([null, null, null]);
  });

  it("starts a light call when the heavy call before it has timed out", async () => {
    const limit = createLimit({ ...bounds, longestWaitMs: 80 });
    await limit.enter("a", short(2));
    const heavy = limit.enter("a", short(4));
    await new Promise((passed) => setTimeout(passed, 40));
    const light = limit.enter("a", short());
    expect(await heavy).toBeNull();
    expect(await light).not.toBeNull();
  });

  it("never uses more places than the limit while calls start and end", async () => {
    const limit = createLimit({ ...bounds, longestQueue: 500 });
    let running = 0;
    let most = 0;
    const one = async (places: number): Promise<void> => {
      const leave: Leave | null = await limit.enter("a", short(places));
      running += places;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= places;
      leave?.();
    };
    await Promise.all(Array.from({ length: 300 }, (_, n) => one(1 + (n % 4))));
    expect(most).toBe(4);
    expect(running).toBe(0);
  });
});
