// Simulates thousands of sessions of thirty days each, with the refresh rule and with alternative rules. Each simulation is
// determined by its seed. PROJO_SIMULATION_SEED sets the first seed, and PROJO_SIMULATION_SCALE=20 runs twenty times as
// many.
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

/**
 * After this many refreshes of both sides since the theft, the session must have ended. Ten times as many simulations
 * needed 4.
 */
const MOST_SHARED_REFRESHES = 6;

/** The seeds of the simulations in which the rule signed an honest user out. */
function signedOut(rule: Rule, person: keyof typeof people, count: number): number[] {
  return seeds(count).filter((seed) => simulateUser(rule, people[person], seed).signedOutAt !== null);
}

function thefts(rule: Rule, method: Method, count: number): Theft[] {
  return seeds(count).map((seed) => simulateTheft(rule, { method, seed }));
}

/** The thefts from owners who never return. */
const alone = (method: Method): Theft[] =>
  seeds(50).map((seed) => simulateTheft(judgeRefresh, { method, victimLeaves: true, seed }));

const share = (some: readonly unknown[], all: number): number => some.length / (all * scale);

describe(`the refresh rule, starting at seed ${firstSeed}`, () => {
  it.each([
    ["one tab, 1 % lost", 600],
    ["two tabs, 1 % lost", 800],
    ["three tabs, 5 % lost", 600],
  ] as const)(
    "S3 never signs an honest user out: %s",
    (person, count) => {
      expect(signedOut(judgeRefresh, person, count), "seeds with a sign-out").toEqual([]);
    },
    GENEROUS,
  );

  it.each(thieves)(
    "S3 ends the session when the owner and a thief both keep using it: %s",
    (method) => {
      const all = thefts(judgeRefresh, method, 250);
      // One refresh within 30 s of the owner's is tolerated, so only two or more count as continued use.
      const continued = all.filter(
        ({ caughtAt, bothRefreshed }) => bothRefreshed >= (caughtAt === null ? 2 : MOST_SHARED_REFRESHES),
      );
      expect(continued).toEqual([]);
      const unnoticed = all.filter(({ caughtAt }) => caughtAt === null);
      expect(share(unnoticed, 250)).toBeLessThan(0.02);
      expect(Math.max(0, ...unnoticed.map(({ reads }) => reads))).toBeLessThanOrEqual(1);
      report(method, all);
    },
    GENEROUS,
  );

  it(
    "S3 gives at most three reads to a thief who refreshes early and waits for the owner's use",
    () => {
      const ours = thefts(judgeRefresh, "waiting", 100);
      // The thief reads something only when the owner refreshes within the same 30 s.
      expect(Math.max(...ours.map(({ reads }) => reads))).toBeLessThanOrEqual(3);
      const before = thefts(ruleWithoutRenewal, "waiting", 100);
      expect(Math.max(...before.map(({ reads }) => reads))).toBeGreaterThan(20);
    },
    GENEROUS,
  );

  it(
    "S6 a thief whose victim never returns loses access when the session expires",
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
    "S6 a thief who refreshes within the grace window of every refresh of the owner stays undetected until the session expires",
    () => {
      const all = thefts(judgeRefresh, "shadow", 50);
      expect(all.some(({ caughtAt, reads }) => caughtAt === null && reads > 50)).toBe(true);
      expect(Math.max(...all.map(({ overAt }) => overAt))).toBeLessThanOrEqual(ABSOLUTE_SECONDS);
    },
    GENEROUS,
  );

  it(
    "the strict rule signs out almost every honest user in the same simulations",
    () => {
      for (const person of ["one tab, 1 % lost", "two tabs, 1 % lost"] as const) {
        expect(share(signedOut(strictRule, person, 200), 200)).toBeGreaterThan(0.95);
      }
    },
    GENEROUS,
  );

  it(
    "a grace window alone signs out honest users whose reply was lost for longer",
    () => {
      expect(share(signedOut(bareGraceRule, "one tab, 1 % lost", 200), 200)).toBeGreaterThan(0.02);
      expect(share(signedOut(bareGraceRule, "three tabs, 5 % lost", 200), 200)).toBeGreaterThan(0.3);
    },
    GENEROUS,
  );

  it(
    "the refresh rule without renewal signs out honest users whose tabs refresh at the same time",
    () => {
      expect(share(signedOut(ruleWithoutRenewal, "three tabs, 5 % lost", 200), 200)).toBeGreaterThan(0.01);
    },
    GENEROUS,
  );

  it("the same seed gives the same simulation", () => {
    const [first, second] = [1, 2].map(() => [
      simulateUser(judgeRefresh, people["two tabs, 1 % lost"], firstSeed),
      simulateTheft(judgeRefresh, { method: "quick", seed: firstSeed }),
    ]);
    expect(first).toEqual(second);
  });
});

/**
 * Prints the figures for docs/security.md: the time to detection after both sides had refreshed, and the number of
 * refreshes before it.
 */
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
