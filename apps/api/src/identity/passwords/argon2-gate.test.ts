import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { argon2Concurrency, createArgon2Gate, HashingBusy } from "./argon2-gate.ts";

const bounds = { atOnce: 2, longestQueue: 3, longestWaitMs: 10_000 };

/** Numbered work that ends when the test calls `endNext`. */
function createWork() {
  const ends: (() => void)[] = [];
  const started: number[] = [];
  const work = (number: number) => () =>
    new Promise<number>((resolve) => {
      started.push(number);
      ends.push(() => resolve(number));
    });
  return { started, work, endNext: () => ends.shift()?.() };
}

describe("the argon2 gate", () => {
  it("A5 runs at most `atOnce` hashes at a time, in the order of arrival", async () => {
    const gate = createArgon2Gate(bounds);
    const { started, work, endNext } = createWork();
    const all = [1, 2, 3, 4, 5].map((number) => gate.run(work(number)));
    expect(started).toEqual([1, 2]);
    expect(gate.statistics()).toEqual({ running: 2, waiting: 3, mostRunning: 2, refused: 0 });
    for (let ended = 0; ended < 5; ended += 1) {
      endNext();
      await delay(0);
    }
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5]);
    expect(started).toEqual([1, 2, 3, 4, 5]);
    expect(gate.statistics()).toEqual({ running: 0, waiting: 0, mostRunning: 2, refused: 0 });
  });

  it("A5 refuses callers immediately when the queue is full, with a time to retry", async () => {
    const gate = createArgon2Gate(bounds);
    const { work, endNext } = createWork();
    const all = [1, 2, 3, 4, 5, 6].map((number) => gate.run(work(number)));
    const late = all.pop();
    await expect(late).rejects.toThrow(HashingBusy);
    await expect(late).rejects.toMatchObject({ retryAfterSeconds: 2 });
    expect(gate.statistics()).toMatchObject({ waiting: 3, refused: 1 });
    for (let ended = 0; ended < 5; ended += 1) {
      endNext();
      await delay(0);
    }
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5]);
  });

  it("A5 refuses callers after the longest wait and does not run their work", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1, longestWaitMs: 20 });
    const { started, work, endNext } = createWork();
    const first = gate.run(work(1));
    await expect(gate.run(work(2))).rejects.toThrow(HashingBusy);
    expect(gate.statistics()).toMatchObject({ running: 1, waiting: 0 });
    endNext();
    await first;
    expect(started).toEqual([1]);
    expect(gate.statistics()).toMatchObject({ running: 0 });
  });

  it("A5 gives the place of a disconnected caller to the next one", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1, longestQueue: 1 });
    const { started, work, endNext } = createWork();
    const caller = new AbortController();
    const first = gate.run(work(1));
    const gone = gate.run(work(2), { signal: caller.signal });
    caller.abort();
    await expect(gone).rejects.toThrow(HashingBusy);
    const third = gate.run(work(3));
    endNext();
    await first;
    await delay(0);
    endNext();
    await third;
    expect(started).toEqual([1, 3]);
    await expect(gate.run(work(4), { signal: caller.signal })).rejects.toThrow(HashingBusy);
    expect(started).toEqual([1, 3]);
  });

  it("A5 continues after work that failed", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1 });
    const failing = gate.run(() => Promise.reject(new Error("out of memory")));
    const next = gate.run(() => Promise.resolve("done"));
    await expect(failing).rejects.toThrow("out of memory");
    expect(await next).toBe("done");
    expect(gate.statistics()).toMatchObject({ running: 0, waiting: 0 });
  });

  it("R9 known callers have reserved places and go before strangers", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1 });
    const { started, work, endNext } = createWork();
    const strangers = [1, 2, 3, 4].map((number) => gate.run(work(number)));
    await expect(gate.run(work(5))).rejects.toThrow(HashingBusy);
    const known = [6, 7, 8].map((number) => gate.run(work(number), { isKnown: true }));
    await expect(gate.run(work(9), { isKnown: true })).rejects.toThrow(HashingBusy);
    for (let ended = 0; ended < 7; ended += 1) {
      endNext();
      await delay(0);
    }
    expect(await Promise.all([...strangers, ...known])).toEqual([1, 2, 3, 4, 6, 7, 8]);
    expect(started).toEqual([1, 6, 7, 8, 2, 3, 4]);
  });

  it("R9 every eighth hash is a stranger's while known callers wait", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1, longestQueue: 20 });
    const { started, work, endNext } = createWork();
    const all = [gate.run(work(0)), gate.run(work(-1)), gate.run(work(-2))];
    for (let number = 1; number <= 16; number += 1) all.push(gate.run(work(number), { isKnown: true }));
    for (let ended = 0; ended < all.length; ended += 1) {
      endNext();
      await delay(0);
    }
    await Promise.all(all);
    expect(started.indexOf(-1)).toBe(8);
    expect(started.indexOf(-2)).toBe(16);
  });

  it("R9 known callers have a longer wait limit than strangers", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1, longestWaitMs: 20, longestKnownWaitMs: 10_000 });
    const { work, endNext } = createWork();
    const first = gate.run(work(1));
    const known = gate.run(work(2), { isKnown: true });
    await expect(gate.run(work(3))).rejects.toThrow(HashingBusy);
    endNext();
    await first;
    await delay(0);
    endNext();
    expect(await known).toBe(2);
  });

  it("R9 one network cannot fill the queue when callers from other networks arrive", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1 });
    const { started, work, endNext } = createWork();
    const first = gate.run(work(1), { network: "one" });
    const of = (network: string, number: number) => gate.run(work(number), { network });
    const waiting = [of("one", 2), of("one", 3)];
    const last = of("one", 4);
    const other = of("two", 5);
    await expect(last).rejects.toThrow(HashingBusy);
    // The first network has two places and the second has one. A third network takes one of the first; a fourth gets none.
    const third = of("three", 6);
    await expect(waiting.pop()).rejects.toThrow(HashingBusy);
    await expect(of("four", 7)).rejects.toThrow(HashingBusy);
    await expect(of("one", 8)).rejects.toThrow(HashingBusy);
    for (let ended = 0; ended < 4; ended += 1) {
      endNext();
      await delay(0);
    }
    expect(await Promise.all([first, ...waiting, other, third])).toEqual([1, 2, 5, 6]);
    expect(started).toEqual([1, 2, 5, 6]);
  });

  it("A5 leaves one core and one thread free when there are at least two", () => {
    expect(argon2Concurrency({ cores: 1, threads: 4 })).toBe(1);
    expect(argon2Concurrency({ cores: 2, threads: 4 })).toBe(1);
    expect(argon2Concurrency({ cores: 4, threads: 4 })).toBe(3);
    expect(argon2Concurrency({ cores: 64, threads: 4 })).toBe(3);
    expect(argon2Concurrency({ cores: 64, threads: 128 })).toBe(63);
  });
});
