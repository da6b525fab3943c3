import { expect, it } from "vitest";
import { READ_SLOTS, ReadSlots } from "./read-slots.ts";

interface Work {
  end(): void;
}

/** Starts so many works, each of which ends when it is told to. */
function startMany(pace: ReadSlots, many: number) {
  const started: number[] = [];
  const ends = new Map<number, () => void>();
  const works = Array.from({ length: many }, (_, nth): Work => {
    pace.start(() => {
      started.push(nth);
      return new Promise<void>((resolve) => ends.set(nth, resolve));
    });
    return { end: () => ends.get(nth)?.() };
  });
  return { started, works };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

it("F9 starts so many at once, and the next in the order of arrival when one ends", async () => {
  const { started, works } = startMany(new ReadSlots(), READ_SLOTS + 3);
  expect(started).toHaveLength(READ_SLOTS);
  works[5]?.end();
  works[1]?.end();
  await turn();
  expect(started.slice(READ_SLOTS)).toEqual([READ_SLOTS, READ_SLOTS + 1]);
});

it("F12 a slow one frees its place after 20 ms, and once", async () => {
  const { started, works } = startMany(new ReadSlots(), 3 * READ_SLOTS);
  expect(started).toHaveLength(READ_SLOTS);
  await expect.poll(() => started.length, { timeout: 5_000 }).toBe(3 * READ_SLOTS);
  expect(started).toEqual(Array.from({ length: 3 * READ_SLOTS }, (_, nth) => nth));
  for (const { end } of works) end();
  await turn();
  // Each place is free exactly once: no more run at once than before.
  const pace = new ReadSlots();
  expect(startMany(pace, READ_SLOTS + 1).started).toHaveLength(READ_SLOTS);
});

it("one that fails frees its place", async () => {
  const pace = new ReadSlots();
  let isStarted = false;
  for (let nth = 0; nth < READ_SLOTS; nth += 1) pace.start(() => Promise.reject(new Error("planned")));
  pace.start(() => {
    isStarted = true;
    return Promise.resolve();
  });
  await turn();
  expect(isStarted).toBe(true);
});

it("thousands that wait are all started", async () => {
  const pace = new ReadSlots();
  let done = 0;
  for (let nth = 0; nth < 5_000; nth += 1) pace.start(async () => void (done += 1));
  await expect.poll(() => done, { timeout: 5_000 }).toBe(5_000);
});
