import { expect, it } from "vitest";
import { READ_SLOTS, ReadSlots } from "./read-slots.ts";

interface Read {
  end(): void;
}

/** Starts `count` reads, each of which ends when the test calls `end`. */
function startMany(slots: ReadSlots, count: number) {
  const started: number[] = [];
  const ends = new Map<number, () => void>();
  const reads = Array.from({ length: count }, (_, nth): Read => {
    slots.start(() => {
      started.push(nth);
      return new Promise<void>((resolve) => ends.set(nth, resolve));
    });
    return { end: () => ends.get(nth)?.() };
  });
  return { started, reads };
}

const nextTick = () => new Promise<void>((resolve) => setImmediate(resolve));

it("F9 starts 96 reads at once, and waiting reads in the order of arrival when one ends", async () => {
  const { started, reads } = startMany(new ReadSlots(), READ_SLOTS + 3);
  expect(started).toHaveLength(READ_SLOTS);
  reads[5]?.end();
  reads[1]?.end();
  await nextTick();
  expect(started.slice(READ_SLOTS)).toEqual([READ_SLOTS, READ_SLOTS + 1]);
});

it("F12 a slow read frees its slot after 20 ms, exactly once", async () => {
  const { started, reads } = startMany(new ReadSlots(), 3 * READ_SLOTS);
  expect(started).toHaveLength(READ_SLOTS);
  await expect.poll(() => started.length, { timeout: 5_000 }).toBe(3 * READ_SLOTS);
  expect(started).toEqual(Array.from({ length: 3 * READ_SLOTS }, (_, nth) => nth));
  for (const { end } of reads) end();
  await nextTick();
  // Each slot was freed exactly once, so the limit is unchanged.
  const slots = new ReadSlots();
  expect(startMany(slots, READ_SLOTS + 1).started).toHaveLength(READ_SLOTS);
});

it("a read that fails frees its slot", async () => {
  const slots = new ReadSlots();
  let isStarted = false;
  for (let nth = 0; nth < READ_SLOTS; nth += 1) slots.start(() => Promise.reject(new Error("planned")));
  slots.start(() => {
    isStarted = true;
    return Promise.resolve();
  });
  await nextTick();
  expect(isStarted).toBe(true);
});

it("starts all of 5,000 waiting reads", async () => {
  const slots = new ReadSlots();
  let done = 0;
  for (let nth = 0; nth < 5_000; nth += 1) slots.start(async () => void (done += 1));
  await expect.poll(() => done, { timeout: 5_000 }).toBe(5_000);
});
