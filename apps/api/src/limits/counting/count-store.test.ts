import { describe, expect, it, vi } from "vitest";
import { createCountStore } from "./count-store.ts";

/** A store with a clock that the test controls. */
function storeAt(mostEntries: number, onEvicted?: () => void) {
  const clock = { ms: 1 };
  const store = createCountStore({ mostEntries, now: () => clock.ms, ...(onEvicted && { onEvicted }) });
  return { store, clock };
}

describe("the count store", () => {
  it("adds up the points of a key until its window ends, and then starts again at zero", () => {
    const { store, clock } = storeAt(64);
    expect(store.peek("ada")).toBeNull();
    expect(store.add("ada", 1, 60)).toEqual({ count: 1, resetMs: 60_000 });
    clock.ms += 20_000;
    expect(store.add("ada", 5, 60)).toEqual({ count: 6, resetMs: 40_000 });
    expect(store.peek("ada")).toEqual({ count: 6, resetMs: 40_000 });
    expect(store.peek("bob")).toBeNull();
    clock.ms += 40_000;
    expect(store.peek("ada")).toBeNull();
    expect(store.add("ada", 1, 60)).toEqual({ count: 1, resetMs: 60_000 });
    expect(store.statistics().evicted).toBe(0);
  });

  it("R9 uses no more memory than configured under a flood of keys, and counts dropped entries", () => {
    const onEvicted = vi.fn<() => void>();
    const { store } = storeAt(4_096, onEvicted);
    for (let n = 0; n < 200_000; n += 1) store.add(`key ${n}`, 1, 60);
    const { entries, bytes, evicted } = store.statistics();
    expect(entries).toBe(4_096);
    expect(bytes).toBe(16 * 4_096);
    expect(evicted).toBe(200_000 - 4_096);
    expect(onEvicted).toHaveBeenCalledTimes(evicted);
  });

  it("R9 keeps a key with a higher count under a flood of new keys", () => {
    const { store } = storeAt(1_024);
    for (let n = 0; n < 200; n += 1) store.add("victim", 1, 3_600);
    for (let n = 0; n < 100_000; n += 1) store.add(`flood ${n}`, 1, 3_600);
    expect(store.peek("victim")?.count).toBe(200);
  });

  it("drops the oldest of equal counts", () => {
    const { store, clock } = storeAt(8);
    for (let n = 0; n < 8; n += 1) {
      store.add(`key ${n}`, 1, 60);
      clock.ms += 1;
    }
    store.add("new", 1, 60);
    expect(store.peek("key 0")).toBeNull();
    expect(store.peek("key 1")).not.toBeNull();
    expect(store.peek("new")).not.toBeNull();
  });

  it("drops an expired entry before any other", () => {
    const { store, clock } = storeAt(8);
    store.add("short", 7, 1);
    for (let n = 0; n < 7; n += 1) store.add(`key ${n}`, 1, 60);
    clock.ms += 2_000;
    store.add("new", 1, 60);
    for (let n = 0; n < 7; n += 1) expect(store.peek(`key ${n}`)).not.toBeNull();
    expect(store.statistics().evicted).toBe(0);
  });
});
