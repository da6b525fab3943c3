// Simulates hundreds of cookie sessions of thirty days each, with the rule and with rules that lack a part of it. Each
// simulation is determined by its seed. PROJO_SIMULATION_SEED sets the first seed, and PROJO_SIMULATION_SCALE=20 runs twenty
// times as many as the full suite. The short suite runs half as many.
import { bySuite } from "@projostack/db/testing";
import { describe, expect, it } from "vitest";
import type { BrowserHabits } from "../../../test/simulation/cookies/honest-browser.ts";
import {
  forgivingRule,
  graceAloneRule,
  hastyRule,
  ruleWithoutGrace,
  ruleWithoutRecording,
  ruleWithoutRevocation,
  ruleWithoutRotation,
  ruleWithoutSettling,
  strictCookieRule,
} from "../../../test/simulation/cookies/other-cookie-rules.ts";
import { cookieThieves, type CookieTheft } from "../../../test/simulation/cookies/cookie-thief.ts";
import {
  simulateBrowser,
  simulateCookieTheft,
  type CookieTheftResult,
} from "../../../test/simulation/cookies/simulate-cookies.ts";
import type { CookieRule } from "../../../test/simulation/cookies/simulated-cookie-session.ts";
import { ABSOLUTE_SECONDS, IDLE_SECONDS } from "../tokens/session-lifetime.ts";
import { judgeCookie } from "./cookie-rule.ts";

const firstSeed = Number(process.env["PROJO_SIMULATION_SEED"] ?? 20_261_129);
const scale = Number(process.env["PROJO_SIMULATION_SCALE"] ?? bySuite({ short: 0.5, full: 1 }));
const GENEROUS = 120_000 * Math.max(1, scale);

const seeds = (count: number): number[] =>
  Array.from({ length: count * scale }, (_, index) => firstSeed + index);

const plain: BrowserHabits = {
  tabs: 1,
  lossRate: 0.01,
  rendered: 0,
  passedOn: 0,
  crashRate: 0.05,
  heldRate: 0,
};

const browsers = {
  "one tab": plain,
  "three tabs, 5 % lost": { ...plain, tabs: 3, lossRate: 0.05 },
  "a computer that sleeps with calls under way": { ...plain, heldRate: 0.02 },
  "a browser that crashes often": { ...plain, crashRate: 3 },
  "pages of a server that passes no cookie on": { ...plain, tabs: 2, rendered: 1 },
  "pages of a server, and calls of the browser": { ...plain, tabs: 2, rendered: 0.5, passedOn: 0.3 },
} as const satisfies Record<string, BrowserHabits>;

type BrowserName = keyof typeof browsers;

/** The seeds of the simulations in which the rule signed an honest user out. */
const signedOut = (rule: CookieRule, browser: BrowserName, count: number): number[] =>
  seeds(count).filter((seed) => simulateBrowser(rule, browsers[browser], seed).signedOutAt !== null);

const thefts = (rule: CookieRule, method: CookieTheft, count: number): CookieTheftResult[] =>
  seeds(count).map((seed) => simulateCookieTheft(rule, { method, seed }));

const share = (some: readonly unknown[], all: number): number => some.length / (all * scale);

const isCaught = ({ caughtAt }: CookieTheftResult): boolean => caughtAt !== null;

/** The share of the thefts that go on for more than three shared rotations. */
const late = (rule: CookieRule) =>
  share(
    thefts(rule, "slow", 100).filter(({ sharedRotations }) => sharedRotations > 3),
    100,
  );

/**
 * After this many rotations that both have used, the session must have ended. Twenty times as many simulations needed 6.
 */
const MOST_SHARED_ROTATIONS = 8;

describe(`the rule of session cookies, starting at seed ${firstSeed}`, () => {
  it.each(Object.keys(browsers) as BrowserName[])(
    "never signs an honest user out: %s",
    (browser) => {
      expect(signedOut(judgeCookie, browser, 120), "seeds with a sign-out").toEqual([]);
    },
    GENEROUS,
  );

  it("replaces the cookie on most days of use, and not more often", () => {
    const results = seeds(40).map((seed) => simulateBrowser(judgeCookie, plain, seed));
    for (const { rotations, days } of results) expect(rotations).toBeLessThanOrEqual(days);
    const mean = results.reduce((sum, { rotations, days }) => sum + rotations / days, 0) / results.length;
    expect(mean).toBeGreaterThan(0.4);
  });

  it.each([...cookieThieves, "polling"] as const)(
    "ends the session when the browser and a thief both go on using it: %s",
    (method) => {
      const all = thefts(judgeCookie, method, 100);
      const uncaught = all.filter((theft) => !isCaught(theft));
      expect(Math.max(0, ...uncaught.map(({ sharedRotations }) => sharedRotations))).toBeLessThanOrEqual(2);
      expect(Math.max(...all.map(({ sharedRotations }) => sharedRotations))).toBeLessThanOrEqual(
        MOST_SHARED_ROTATIONS,
      );
      // Most thefts end with the first rotation that both have used.
      expect(
        share(
          all.filter(({ sharedRotations }) => sharedRotations <= 1),
          100,
        ),
      ).toBeGreaterThan(0.8);
      report(method, all);
    },
    GENEROUS,
  );

  it(
    "leaves a thief whose victim never returns no longer than the session lasts",
    () => {
      const all = seeds(40).map((seed) =>
        simulateCookieTheft(judgeCookie, { method: "busy", victimLeaves: true, seed }),
      );
      expect(all.every(({ overAt }) => overAt <= ABSOLUTE_SECONDS)).toBe(true);
      const copies = seeds(40).map((seed) =>
        simulateCookieTheft(judgeCookie, { method: "copy", victimLeaves: true, seed }),
      );
      for (const { at, overAt } of copies) expect(overAt - at).toBeLessThanOrEqual(ABSOLUTE_SECONDS);
      expect(IDLE_SECONDS).toBeLessThan(ABSOLUTE_SECONDS);
    },
    GENEROUS,
  );

  it.each<[string, CookieRule, BrowserName, number]>([
    ["the old cookie ends the session at once", strictCookieRule, "one tab", 0.95],
    [
      "the first use of a new cookie counts at once",
      ruleWithoutSettling,
      "pages of a server that passes no cookie on",
      0.95,
    ],
    [
      "the first use of a new cookie counts at once",
      ruleWithoutSettling,
      "a browser that crashes often",
      0.005,
    ],
    [
      "a cookie that is given again is not recorded",
      ruleWithoutRecording,
      "pages of a server that passes no cookie on",
      0.95,
    ],
    [
      "the old cookie has no grace time",
      ruleWithoutGrace,
      "a computer that sleeps with calls under way",
      0.2,
    ],
    ["the old cookie has the grace time alone", graceAloneRule, "one tab", 0.01],
    [
      "a cookie is replaced before its first use is recorded",
      hastyRule,
      "a computer that sleeps with calls under way",
      0.005,
    ],
  ])(
    "signs honest users out if %s: %#",
    (_, rule, browser, least) => {
      expect(share(signedOut(rule, browser, 200), 200)).toBeGreaterThan(least);
    },
    GENEROUS,
  );

  it.each<[string, CookieRule]>([
    ["an old cookie is only refused", ruleWithoutRevocation],
    ["the cookie is never replaced", ruleWithoutRotation],
  ])(
    "detects no theft if %s",
    (_, rule) => {
      expect(thefts(rule, "busy", 40).filter(isCaught)).toEqual([]);
    },
    GENEROUS,
  );

  it(
    "detects thefts later if the old cookie gets the successor also in the grace time",
    () => {
      expect(late(judgeCookie)).toBeLessThan(0.05);
      expect(late(forgivingRule)).toBeGreaterThan(0.2);
    },
    GENEROUS,
  );

  it("the same seed gives the same simulation", () => {
    const [first, second] = [1, 2].map(() => [
      simulateBrowser(judgeCookie, browsers["three tabs, 5 % lost"], firstSeed),
      simulateCookieTheft(judgeCookie, { method: "night", seed: firstSeed }),
    ]);
    expect(first).toEqual(second);
  });
});

/** Prints the figures for docs/decisions/cookie-sessions.md. */
function report(method: CookieTheft, all: readonly CookieTheftResult[]): void {
  if (scale <= 1) return;
  const days = all
    .flatMap(({ at, caughtAt }) => (caughtAt === null ? [] : [(caughtAt - at) / 86_400]))
    .toSorted((a, b) => a - b);
  const day = (part: number) => (days[Math.floor(part * (days.length - 1))] ?? 0).toFixed(1);
  const shared = [0, 1, 2, 3].map((most) =>
    share(
      all.filter(({ sharedRotations }) => sharedRotations <= most),
      100,
    ).toFixed(3),
  );
  console.info(
    `${method}: ${days.length} of ${all.length} caught; days: half in ${day(0.5)}, 99 % in ${day(0.99)}; ` +
      `shared rotations: at most 0, 1, 2, 3: ${shared.join(", ")}; all ${Math.max(...all.map(({ sharedRotations }) => sharedRotations))}`,
  );
}
