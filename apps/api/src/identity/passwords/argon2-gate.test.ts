import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { argon2AtOnce, createArgon2Gate, HashingBusy } from "./argon2-gate.ts";

const bounds = { atOnce: 2, longestQueue: 3, longestWaitMs: 10_000 };

/** Works that begin when their turn comes and end when they are told to. */
function works() {
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const work = (number: number) => () =>
    new Promise<number>((resolve) => {
      begun.push(number);
      ends.push(() => resolve(number));
    });
  return { begun, work, endNext: () => ends.shift()?.() };
}

describe("the gate before the hashes", () => {
  it("A5 runs so many at once and no more, in the order in which they came", async () => {
    const gate = createArgon2Gate(bounds);
    const { begun, work, endNext } = works();
    const all = [1, 2, 3, 4, 5].map((number) => gate.run(work(number)));
    expect(begun).toEqual([1, 2]);
    expect(gate.statistics()).toEqual({ running: 2, waiting: 3, mostRunning: 2, refused: 0 });
    for (let ended = 0; ended < 5; ended += 1) {
      endNext();
      await delay(0);
    }
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5]);
    expect(begun).toEqual([1, 2, 3, 4, 5]);
    expect(gate.statistics()).toEqual({ running: 0, waiting: 0, mostRunning: 2, refused: 0 });
  });

  it("A5 turns away at once whoever comes to a full queue, and says when to try again", async () => {
    const gate = createArgon2Gate(bounds);
    const { work, endNext } = works();
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

  it("A5 lets nobody wait longer than it says, and begins nothing for those who no longer wait", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1, longestWaitMs: 20 });
    const { begun, work, endNext } = works();
    const first = gate.run(work(1));
    await expect(gate.run(work(2))).rejects.toThrow(HashingBusy);
    expect(gate.statistics()).toMatchObject({ running: 1, waiting: 0 });
    endNext();
    await first;
    expect(begun).toEqual([1]);
    expect(gate.statistics()).toMatchObject({ running: 0 });
  });

  it("A5 gives the place of a caller who hung up to the next", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1, longestQueue: 1 });
    const { begun, work, endNext } = works();
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
    expect(begun).toEqual([1, 3]);
    await expect(gate.run(work(4), { signal: caller.signal })).rejects.toThrow(HashingBusy);
    expect(begun).toEqual([1, 3]);
  });

  it("A5 goes on after a work that failed", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1 });
    const failing = gate.run(() => Promise.reject(new Error("out of memory")));
    const next = gate.run(() => Promise.resolve("done"));
    await expect(failing).rejects.toThrow("out of memory");
    expect(await next).toBe("done");
    expect(gate.statistics()).toMatchObject({ running: 0, waiting: 0 });
  });

  it("R9 known callers have places that strangers cannot fill, and go first", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1 });
    const { begun, work, endNext } = works();
    const strangers = [1, 2, 3, 4].map((number) => gate.run(work(number)));
    await expect(gate.run(work(5))).rejects.toThrow(HashingBusy);
    const known = [6, 7, 8].map((number) => gate.run(work(number), { isKnown: true }));
    await expect(gate.run(work(9), { isKnown: true })).rejects.toThrow(HashingBusy);
    for (let ended = 0; ended < 7; ended += 1) {
      endNext();
      await delay(0);
    }
    expect(await Promise.all([...strangers, ...known])).toEqual([1, 2, 3, 4, 6, 7, 8]);
    expect(begun).toEqual([1, 6, 7, 8, 2, 3, 4]);
  });

  it("R9 known callers leave every eighth turn to strangers", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1, longestQueue: 20 });
    const { begun, work, endNext } = works();
    const all = [gate.run(work(0)), gate.run(work(-1)), gate.run(work(-2))];
    for (let number = 1; number <= 16; number += 1) all.push(gate.run(work(number), { isKnown: true }));
    for (let ended = 0; ended < all.length; ended += 1) {
      endNext();
      await delay(0);
    }
    await Promise.all(all);
    expect(begun.indexOf(-1)).toBe(8);
    expect(begun.indexOf(-2)).toBe(16);
  });

  it("R9 known callers may wait longer than strangers", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1, longestWaitMs: 20, longestKnownWaitMs: 10_000 });
    const { work, endNext } = works();
    const first = gate.run(work(1));
    const known = gate.run(work(2), { isKnown: true });
    await expect(gate.run(work(3))).rejects.toThrow(HashingBusy);
    endNext();
    await first;
    await delay(0);
    endNext();
    expect(await known).toBe(2);
  });

  it("R9 one network fills the queue only while nobody else comes", async () => {
    const gate = createArgon2Gate({ ...bounds, atOnce: 1 });
    const { begun, work, endNext } = works();
    const first = gate.run(work(1), { network: "one" });
    const of = (network: string, number: number) => gate.run(work(number), { network });
    const waiting = [of("one", 2), of("one", 3)];
    const last = of("one", 4);
    const other = of("two", 5);
    await expect(last).rejects.toThrow(HashingBusy);
    // The first network has two places and the second one: a third network takes one, a fourth finds none to take.
    const third = of("three", 6);
    await expect(waiting.pop()).rejects.toThrow(HashingBusy);
    await expect(of("four", 7)).rejects.toThrow(HashingBusy);
    await expect(of("one", 8)).rejects.toThrow(HashingBusy);
    for (let ended = 0; ended < 4; ended += 1) {
      endNext();
      await delay(0);
    }
    expect(await Promise.all([first, ...waiting, other, third])).toEqual([1, 2, 5, 6]);
    expect(begun).toEqual([1, 2, 5, 6]);
  });

  it("A5 leaves a core and a thread to everything else, wherever there are two", () => {
    expect(argon2AtOnce({ cores: 1, threads: 4 })).toBe(1);
    expect(argon2AtOnce({ cores: 2, threads: 4 })).toBe(1);
    expect(argon2AtOnce({ cores: 4, threads: 4 })).toBe(3);
    expect(argon2AtOnce({ cores: 64, threads: 4 })).toBe(3);
    expect(argon2AtOnce({ cores: 64, threads: 128 })).toBe(63);
  });
});
