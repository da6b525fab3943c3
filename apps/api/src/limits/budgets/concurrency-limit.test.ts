import { describe, expect, it } from "vitest";
import { createAtOnce, type AtOnceBounds, type Leave, type Load } from "./concurrency-limit.ts";

const short = (places = 1) => ({ isLong: false, places });
const waits = (): Promise<string> => new Promise((passed) => setTimeout(passed, 20, "waits"));
const long = { isLong: true, places: 1 };
/** Always a promise, whether there was room at once or not. */
const openAtOnce = (given: AtOnceBounds) => {
  const atOnce = createAtOnce(given);
  return { enter: async (key: string, load: Load): Promise<Leave | null> => atOnce.enter(key, load) };
};

const bounds = { short: 4, long: 1, longestQueue: 3, longestWaitMs: 60_000 };

describe("concurrent calls", () => {
  it("is so much for each, and the next one starts when one has ended, in their order", async () => {
    const atOnce = openAtOnce(bounds);
    const running = await Promise.all([short(2), short(2)].map((load) => atOnce.enter("a", load)));
    const started: string[] = [];
    const waiting = ["first", "second"].map(async (name) => {
      await atOnce.enter("a", short());
      started.push(name);
    });
    await Promise.resolve();
    expect(started).toEqual([]);
    expect(await atOnce.enter("b", short(4))).not.toBeNull();
    running[0]?.();
    await Promise.all(waiting);
    expect(started).toEqual(["first", "second"]);
  });

  it("long operations have places of their own, and so do not keep the others", async () => {
    const atOnce = openAtOnce(bounds);
    await atOnce.enter("a", long);
    const second = atOnce.enter("a", long);
    expect(await atOnce.enter("a", short(4))).not.toBeNull();
    expect(await Promise.race([second, waits()])).toBe("waits");
  });

  it("a call that is heavier than all places takes all of them", async () => {
    const atOnce = openAtOnce(bounds);
    const leave = await atOnce.enter("a", short(99));
    expect(await Promise.race([atOnce.enter("a", short()), waits()])).toBe("waits");
    leave?.();
  });

  it("refuses at once where too many wait, and after a while who waits too long", async () => {
    const atOnce = openAtOnce({ ...bounds, longestWaitMs: 50 });
    await atOnce.enter("a", short(4));
    const waiting = Array.from({ length: 3 }, () => atOnce.enter("a", short()));
    expect(await atOnce.enter("a", short())).toBeNull();
    expect(await Promise.all(waiting)).toEqual([null, null, null]);
  });

  it("starts a light call when the heavy one before it has given up", async () => {
    const atOnce = openAtOnce({ ...bounds, longestWaitMs: 80 });
    await atOnce.enter("a", short(2));
    const heavy = atOnce.enter("a", short(4));
    await new Promise((passed) => setTimeout(passed, 40));
    const light = atOnce.enter("a", short());
    expect(await heavy).toBeNull();
    expect(await light).not.toBeNull();
  });

  it("never runs more than there are places, while callers come and go", async () => {
    const atOnce = openAtOnce({ ...bounds, longestQueue: 500 });
    let running = 0;
    let most = 0;
    const one = async (places: number): Promise<void> => {
      const leave: Leave | null = await atOnce.enter("a", short(places));
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
