// Whether a new entry can be served in time, with a clock passed as an argument.
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
/** Serves the head repeatedly, at a fixed interval in milliseconds. */
const serve = (backlog: Backlog, many: number, everyMs: number) => {
  for (let nth = 0; nth < many; nth += 1) {
    nowMs += everyMs;
    const head = queue.shift();
    if (head) backlog.leave(head, true);
  }
};

describe("a queue", () => {
  it("F9 admits callers with an expected wait up to the limit, and refuses the next", () => {
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

  it("admits every caller up to its maximum size while no rate is known", () => {
    const backlog = open();
    enter(backlog, 999);
    expect(backlog.isFull).toBe(false);
    enter(backlog, 1);
    expect(backlog.isFull).toBe(true);
  });

  it("never refuses the first callers, however slow it is", () => {
    const backlog = open();
    enter(backlog, 15);
    nowMs += 60_000;
    expect(backlog.isFull).toBe(false);
    enter(backlog, 1);
    expect(backlog.isFull).toBe(true);
  });

  it("remembers its rate for five seconds after it became empty", () => {
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

  it("counts only callers that did not time out as served", () => {
    const backlog = open();
    enter(backlog, 100);
    nowMs += 1_000;
    for (const one of queue.splice(0, 50)) backlog.leave(one, false);
    expect(backlog.isFull).toBe(true);
  });
});

describe("a queue of entries that are already sent", () => {
  it("F9 ignores network latency", () => {
    const backlog = open({ isPipelined: true });
    // Each answer takes 120 ms, whatever the number of entries is: the callers determine the rate.
    for (let round = 0; round < 400; round += 1) {
      enter(backlog, 1);
      serve(backlog, 1, 120);
    }
    enter(backlog, 512);
    nowMs += 119;
    expect([backlog.isFull, Math.round(backlog.delayMs)]).toEqual([false, 0]);
  });

  it("refuses a new entry when its head has waited long and the rate is too low for the rest", () => {
    const backlog = open({ isPipelined: true });
    enter(backlog, 900);
    serve(backlog, 100, 10);
    expect(backlog.delayMs).toBeGreaterThan(750);
    expect(backlog.isFull).toBe(true);
    serve(backlog, 700, 10);
    expect([backlog.size, backlog.isFull]).toEqual([100, false]);
  });

  it("tolerates a pause of a second", () => {
    const backlog = open({ isPipelined: true });
    enter(backlog, 3_000);
    serve(backlog, 2_000, 1);
    nowMs += 1_000;
    expect([backlog.size, open({ isPipelined: true, maxSize: 4_000 }).isFull]).toEqual([1_000, false]);
  });
});
