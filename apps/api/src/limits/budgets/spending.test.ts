import { describe, expect, it } from "vitest";
import { createSpendingBook } from "./spending.ts";

const MINUTE_MS = 60_000;
const START = 1_000_000 * MINUTE_MS;

const bookOf = (points: number, most?: number) =>
  createSpendingBook({ points, isShared: true, ...(most !== undefined && { most }) });

describe("a budget of 100 points a minute", () => {
  it("grants exactly 100 points and does not count refused calls", () => {
    const book = bookOf(100);
    const spent = Array.from({ length: 120 }, () => book.spend("a", 1, START));
    expect(spent.filter(({ isOver }) => !isOver)).toHaveLength(100);
    expect(spent.at(-1)).toMatchObject({ isOver: true, remaining: 0 });
    expect(book.unsettledOf("a")).toBe(100);
  });

  it("applies to each payer separately", () => {
    const book = bookOf(100);
    book.spend("a", 100, START);
    expect(book.spend("b", 100, START).isOver).toBe(false);
  });

  it("grants a call that costs more than the whole budget when nothing else was spent", () => {
    const book = bookOf(100);
    expect(book.spend("a", 5_000, START)).toMatchObject({ isOver: false, remaining: 0 });
    expect(book.spend("a", 1, START).isOver).toBe(true);
  });

  it("grants at most 125 points within any 60 seconds of even spending, and 100 per minute on average", () => {
    const book = bookOf(100);
    const granted: number[] = [];
    for (let at = START; at < START + 10 * MINUTE_MS; at += 200) {
      if (!book.spend("a", 1, at).isOver) granted.push(at);
    }
    const within = (from: number) => granted.filter((at) => at >= from && at < from + MINUTE_MS).length;
    // Two fixed windows approximate a sliding window, so a few more points pass at the boundary.
    expect(Math.max(...granted.slice(100).map(within))).toBeLessThanOrEqual(125);
    expect(granted.length).toBeGreaterThan(800);
    expect(granted.length).toBeLessThanOrEqual(1_100);
  });

  it("grants a refused call after the wait that it returned", () => {
    for (const [before, now, requested] of [
      [100, 0, 10],
      [80, 40, 30],
      [0, 100, 50],
      [100, 95, 100],
      [60, 100, 1],
    ] as const) {
      const book = bookOf(100);
      book.spend("a", before, START + 100);
      let at = START + 1.5 * MINUTE_MS;
      while (book.spend("a", 0, at).remaining < now) at += 500;
      book.spend("a", now, at);
      const refused = book.spend("a", requested, at);
      if (!refused.isOver) continue;
      expect(refused.retryAfterSeconds).toBeGreaterThanOrEqual(1);
      expect(refused.retryAfterSeconds).toBeLessThanOrEqual(120);
      const again = book.spend("a", requested, at + refused.retryAfterSeconds * 1_000);
      expect(again.isOver, `${before} ${now} ${requested}`).toBe(false);
    }
  });

  it("restores the points that a call gave back", () => {
    const book = bookOf(100);
    book.spend("a", 100, START);
    book.giveBack("a", 40, START + 1);
    expect(book.spend("a", 40, START + 2).isOver).toBe(false);
    expect(book.unsettledOf("a")).toBe(100);
  });

  it("forgets the payer who spent least recently when there are too many", () => {
    const book = bookOf(100, 2);
    for (const key of ["a", "b"]) book.spend(key, 100, START);
    book.spend("c", 100, START);
    expect(book.spend("b", 1, START).isOver).toBe(true);
    expect(book.spend("a", 1, START).isOver).toBe(false);
  });
});

describe("the spending of several processes", () => {
  it("each process learns the points of the others from the common count", () => {
    const [one, other] = [bookOf(100), bookOf(100)];
    one.spend("a", 60, START);
    const [, settled] = one.takeUnsettled();
    expect(settled).toMatchObject({ key: "a", points: 60 });
    other.spend("a", 30, START);
    const [, own] = other.takeUnsettled();
    // These points are spent while the answer is in transit.
    other.spend("a", 5, START);
    other.learn("a", own?.minute ?? 0, 90);
    expect(other.spend("a", 6, START).isOver).toBe(true);
    expect(other.spend("a", 5, START).isOver).toBe(false);
  });

  it("points of the previous minute count in part", () => {
    const book = bookOf(100);
    book.spend("a", 1, START + MINUTE_MS);
    book.learn("a", START / MINUTE_MS, 100);
    expect(book.spend("a", 40, START + 1.25 * MINUTE_MS).isOver).toBe(true);
    expect(book.spend("a", 40, START + 1.5 * MINUTE_MS).isOver).toBe(false);
  });

  it("a process settles its points later after a failed settlement", () => {
    const book = bookOf(100);
    book.spend("a", 60, START);
    const taken = book.takeUnsettled();
    expect(book.takeUnsettled()).toEqual([]);
    book.putBack(taken);
    expect(book.takeUnsettled()).toEqual(taken);
  });
});
