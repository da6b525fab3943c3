// Thousands of sessions of thirty days each, with the real rule and some others in the same lives. A life is its seed:
// PROJO_SIMULATION_SEED begins elsewhere, PROJO_SIMULATION_SCALE=20 lives twenty times as many.
import { describe, expect, it } from "vitest";
import { simulateUser, simulateTheft, type Theft } from "../../../test/simulation/simulate.ts";
import { bareGraceRule, ruleWithoutRenewal, strictRule } from "../../../test/simulation/other-rules.ts";
import type { Rule } from "../../../test/simulation/simulated-session.ts";
import { thieves, type Method } from "../../../test/simulation/thief.ts";
import { judgeRefresh } from "./refresh-rule.ts";
import { ABSOLUTE_SECONDS, IDLE_SECONDS } from "../tokens/session-lifetime.ts";

const firstSeed = Number(process.env["PROJO_SIMULATION_SEED"] ?? 20_261_122);
const scale = Number(process.env["PROJO_SIMULATION_SCALE"] ?? 1);
const GENEROUS = 120_000 * scale;

const seeds = (count: number): number[] =>
  Array.from({ length: count * scale }, (_, index) => firstSeed + index);

const people = {
  "one tab, 1 % lost": { tabs: 1, lossRate: 0.01, slowRate: 0.01 },
  "two tabs, 1 % lost": { tabs: 2, lossRate: 0.01, slowRate: 0.01 },
  "three tabs, 5 % lost": { tabs: 3, lossRate: 0.05, slowRate: 0.05 },
} as const;

/** Once both have refreshed so often since the theft, the session has ended. Ten times as many lives met 4. */
const SOONEST_SURE = 6;

/** The seeds of the lives in which the rule signed an honest person out. */
function signedOut(rule: Rule, person: keyof typeof people, count: number): number[] {
  return seeds(count).filter((seed) => simulateUser(rule, people[person], seed).signedOutAt !== null);
}

function thefts(rule: Rule, method: Method, count: number): Theft[] {
  return seeds(count).map((seed) => simulateTheft(rule, { method, seed }));
}

/** The thefts from owners who never come back. */
const alone = (method: Method): Theft[] =>
  seeds(50).map((seed) => simulateTheft(judgeRefresh, { method, victimLeaves: true, seed }));

const share = (some: readonly unknown[], all: number): number => some.length / (all * scale);

describe(`the refresh rule, from seed ${firstSeed}`, () => {
  it.each([
    ["one tab, 1 % lost", 600],
    ["two tabs, 1 % lost", 800],
    ["three tabs, 5 % lost", 600],
  ] as const)(
    "S3 never signs an honest person out: %s",
    (person, count) => {
      expect(signedOut(judgeRefresh, person, count), "the seeds of those signed out").toEqual([]);
    },
    GENEROUS,
  );

  it.each(thieves)(
    "S3 ends the session once both the owner and a thief go on using it: %s",
    (method) => {
      const all = thefts(judgeRefresh, method, 250);
      // One refresh that falls into the half minute around the owner's is forgiven; to go on is two.
      const goOn = all.filter(
        ({ caughtAt, bothRefreshed }) => bothRefreshed >= (caughtAt === null ? 2 : SOONEST_SURE),
      );
      expect(goOn).toEqual([]);
      const unnoticed = all.filter(({ caughtAt }) => caughtAt === null);
      expect(share(unnoticed, 250)).toBeLessThan(0.02);
      expect(Math.max(0, ...unnoticed.map(({ reads }) => reads))).toBeLessThanOrEqual(1);
      report(method, all);
    },
    GENEROUS,
  );

  it(
    "S3 gives next to nothing to a thief who refreshes ahead and hides behind the owner's use",
    () => {
      const ours = thefts(judgeRefresh, "waiting", 100);
      // Once, where the owner happened to come within the half minute.
      expect(Math.max(...ours.map(({ reads }) => reads))).toBeLessThanOrEqual(3);
      const before = thefts(ruleWithoutRenewal, "waiting", 100);
      expect(Math.max(...before.map(({ reads }) => reads))).toBeGreaterThan(20);
    },
    GENEROUS,
  );

  it(
    "S6 bounds by the session's end what a thief can do whose victim is gone for good",
    () => {
      const busy = alone("busy");
      expect(busy.every(({ overAt }) => overAt <= ABSOLUTE_SECONDS)).toBe(true);
      expect(busy.filter(({ caughtAt, overAt }) => caughtAt === null && overAt !== ABSOLUTE_SECONDS)).toEqual(
        [],
      );
      const HOUR = 60 * 60;
      const longest = Math.max(...alone("once").map(({ at, overAt }) => overAt - at));
      expect(longest).toBeLessThanOrEqual(IDLE_SECONDS + HOUR);
    },
    GENEROUS,
  );

  it(
    "S6 bounds by the session's end a thief who follows each of the owner's refreshes within the grace: none sees that one",
    () => {
      const all = thefts(judgeRefresh, "shadow", 50);
      expect(all.some(({ caughtAt, reads }) => caughtAt === null && reads > 50)).toBe(true);
      expect(Math.max(...all.map(({ overAt }) => overAt))).toBeLessThanOrEqual(ABSOLUTE_SECONDS);
    },
    GENEROUS,
  );

  it(
    "the strict rule signs out almost everyone honest in the same lives",
    () => {
      for (const person of ["one tab, 1 % lost", "two tabs, 1 % lost"] as const) {
        expect(share(signedOut(strictRule, person, 200), 200)).toBeGreaterThan(0.95);
      }
    },
    GENEROUS,
  );

  it(
    "a bare grace window signs out honest people whose reply was lost for longer",
    () => {
      expect(share(signedOut(bareGraceRule, "one tab, 1 % lost", 200), 200)).toBeGreaterThan(0.02);
      expect(share(signedOut(bareGraceRule, "three tabs, 5 % lost", 200), 200)).toBeGreaterThan(0.3);
    },
    GENEROUS,
  );

  it(
    "without the renewal our own rule signs out honest people whose tabs ask again at once",
    () => {
      expect(share(signedOut(ruleWithoutRenewal, "three tabs, 5 % lost", 200), 200)).toBeGreaterThan(0.01);
    },
    GENEROUS,
  );

  it("lives the same life again from the same seed", () => {
    const [first, second] = [1, 2].map(() => [
      simulateUser(judgeRefresh, people["two tabs, 1 % lost"], firstSeed),
      simulateTheft(judgeRefresh, { method: "quick", seed: firstSeed }),
    ]);
    expect(first).toEqual(second);
  });
});

/** For docs/security.md: how long it took once both had asked, and how often both had got something before it showed. */
function report(method: Method, all: readonly Theft[]): void {
  if (scale === 1) return;
  const times = all
    .flatMap(({ caughtAt, sharedSince }) => (caughtAt === null ? [] : [caughtAt - (sharedSince ?? caughtAt)]))
    .toSorted((a, b) => a - b);
  const minutes = (part: number) =>
    Math.round((times[Math.min(times.length - 1, Math.floor(part * times.length))] ?? 0) / 60);
  const both = Math.max(...all.map(({ bothRefreshed }) => bothRefreshed));
  console.info(
    `${method}: ${all.length} thefts, ${times.length} caught; minutes since both had refreshed: half in ${minutes(0.5)}, ` +
      `99 % in ${minutes(0.99)}, all in ${minutes(1)}; refreshes of both at most ${both}`,
  );
}
