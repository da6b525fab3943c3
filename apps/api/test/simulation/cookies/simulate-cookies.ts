// Simulates 30 days of one cookie session, with an honest browser alone or together with a thief.
import { ABSOLUTE_SECONDS } from "../../../src/identity/tokens/session-lifetime.ts";
import { seededChance } from "../seeded-random.ts";
import { Timeline } from "../timeline.ts";
import { CookieThief, type CookieTheft } from "./cookie-thief.ts";
import { HonestBrowser, type BrowserHabits } from "./honest-browser.ts";
import { SimulatedCookieSession, type CookieRule } from "./simulated-cookie-session.ts";

const DAY = 24 * 60 * 60;

export interface BrowserResult {
  readonly signedOutAt: number | null;
  readonly calls: number;
  readonly rotations: number;
  readonly days: number;
}

export function simulateBrowser(rule: CookieRule, habits: BrowserHabits, seed: number): BrowserResult {
  const timeline = new Timeline();
  const session = new SimulatedCookieSession(rule);
  const browser = new HonestBrowser({ timeline, chance: seededChance(seed), session }, habits);
  timeline.run(ABSOLUTE_SECONDS, () => session.isOver(timeline.now));
  return {
    signedOutAt: session.revokedAt,
    calls: browser.calls,
    rotations: session.rotations.length,
    days: timeline.now / DAY,
  };
}

export interface CookieTheftResult {
  readonly at: number;
  /** When the rule ended the session, if it did. */
  readonly caughtAt: number | null;
  /** When the session was over, for any reason. */
  readonly overAt: number;
  /** The rotations since the theft after which both had used the session before the next one. */
  readonly sharedRotations: number;
  /** The successful calls of the thief. */
  readonly uses: number;
}

const habits: BrowserHabits = {
  tabs: 2,
  lossRate: 0.01,
  rendered: 0.2,
  passedOn: 0.5,
  crashRate: 0.02,
  heldRate: 0.002,
};

export function simulateCookieTheft(
  rule: CookieRule,
  { method, victimLeaves = false, seed }: { method: CookieTheft; victimLeaves?: boolean; seed: number },
): CookieTheftResult {
  const timeline = new Timeline();
  const chance = seededChance(seed);
  const session = new SimulatedCookieSession(rule);
  const deps = { timeline, chance, session };
  const victim = new HonestBrowser(deps, habits);
  const at = chance.between(0, 15 * DAY);
  timeline.run(at, () => session.isOver(timeline.now));
  if (victimLeaves) victim.leaveForGood();
  const thief = new CookieThief(method, deps, victim);
  const before = session.rotations.length;
  // For each rotation: whether the victim called after it.
  const victimCalls = new Set<number>();
  timeline.run(ABSOLUTE_SECONDS + DAY, () => {
    const last = session.rotations.at(-1) ?? 0;
    if (victim.lastCallAt > last) victimCalls.add(session.rotations.length);
    return session.isOver(timeline.now);
  });
  const sharedRotations = session.rotations.slice(before).filter((start, index) => {
    const end = session.rotations[before + index + 1] ?? Infinity;
    return victimCalls.has(before + index + 1) && thief.uses.some((use) => use > start && use < end);
  }).length;
  return {
    at,
    caughtAt: session.revokedAt,
    overAt: Math.min(timeline.now, session.expiresAt),
    sharedRotations,
    uses: thief.uses.length,
  };
}
