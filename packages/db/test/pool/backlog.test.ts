// Whether a newcomer can be served in time, on a clock that is handed in.
import { beforeEach, describe, expect, it } from "vitest";
import { Backlog, type Waiting } from "../../src/connection/backlog.ts";

let nowMs: number;
let queue: Waiting[];
beforeEach(() => {
  nowMs = 1_000_000;
  queue = [];
});

const BOUNDS = { longestWaitMs: 1_500, alwaysAllowed: 16, maxSize: 1_000 };
const open = (more: Partial<ConstructorParameters<typeof Backlog>[0]> = {}) =>
  new Backlog({ ...BOUNDS, ...more }, () => nowMs);
const enter = (backlog: Backlog, many: number) => {
  for (let nth = 0; nth < many; nth += 1) queue.push(backlog.enter());
};
/** Serves the head so many times, one every so many milliseconds. */
const serve = (backlog: Backlog, many: number, everyMs: number) => {
  for (let nth = 0; nth < many; nth += 1) {
    nowMs += everyMs;
    const head = queue.shift();
    if (head) backlog.leave(head, true);
  }
};

describe("a queue", () => {
  it("F9 admits callers that will be served within the longest wait, and refuses the next", () => {
    const backlog = open();
    enter(backlog, 400);
    serve(backlog, 100, 10);
    // One every 10 ms: 150 are served in 1.5 s.
    serve(backlog, 150, 10);
    expect([backlog.size, backlog.isFull]).toEqual([150, false]);
    enter(backlog, 1);
    expect(backlog.isFull).toBe(true);
    expect(Math.round(backlog.expectedMs(150) / 100)).toBe(15);
  });

  it("admits everybody while no rate is known, up to its most", () => {
    const backlog = open();
    enter(backlog, 999);
    expect(backlog.isFull).toBe(false);
    enter(backlog, 1);
    expect(backlog.isFull).toBe(true);
  });

  it("never refuses the first few, however slow it is", () => {
    const backlog = open();
    enter(backlog, 15);
    nowMs += 60_000;
    expect(backlog.isFull).toBe(false);
    enter(backlog, 1);
    expect(backlog.isFull).toBe(true);
  });

  it("remembers its rate for five seconds when it was empty, and no longer", () => {
    const backlog = open();
    enter(backlog, 50);
    serve(backlog, 50, 100);
    enter(backlog, 16);
    expect(backlog.isFull).toBe(true);
    nowMs += 100;
    for (const one of queue.splice(0)) backlog.leave(one, false);
    nowMs += 5_000;
    enter(backlog, 16);
    expect(backlog.isFull).toBe(false);
  });

  it("does not count what gave up as served", () => {
    const backlog = open();
    enter(backlog, 100);
    nowMs += 1_000;
    for (const one of queue.splice(0, 50)) backlog.leave(one, false);
    expect(backlog.isFull).toBe(true);
  });
});

describe("a queue of what has been sent already", () => {
  it("F9 does not take the delay of the network for a wait", () => {
    const backlog = open({ isPipelined: true });
    // 120 ms for each answer, whatever the number under way: the rate follows the callers and not the other way round.
    for (let round = 0; round < 400; round += 1) {
      enter(backlog, 1);
      serve(backlog, 1, 120);
    }
    enter(backlog, 512);
    nowMs += 119;
    expect([backlog.isFull, Math.round(backlog.delayMs)]).toEqual([false, 0]);
  });

  it("refuses a newcomer when its head has waited for long, and the rate is too low for the rest", () => {
    const backlog = open({ isPipelined: true });
    enter(backlog, 900);
    serve(backlog, 100, 10);
    expect(backlog.delayMs).toBeGreaterThan(750);
    expect(backlog.isFull).toBe(true);
    serve(backlog, 700, 10);
    expect([backlog.size, backlog.isFull]).toEqual([100, false]);
  });

  it("does not take a pause of a second for a slow database", () => {
    const backlog = open({ isPipelined: true });
    enter(backlog, 3_000);
    serve(backlog, 2_000, 1);
    nowMs += 1_000;
    expect([backlog.size, open({ isPipelined: true, maxSize: 4_000 }).isFull]).toEqual([1_000, false]);
  });
});
