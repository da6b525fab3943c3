// Simulates 30 days of one session, with an honest client alone or together with a thief.
import { ABSOLUTE_SECONDS } from "../../src/identity/tokens/session-lifetime.ts";
import { HonestClient, type Habits } from "./honest-client.ts";
import { seededChance } from "./seeded-random.ts";
import { SimulatedSession, type Rule } from "./simulated-session.ts";
import { Thief, type Method } from "./thief.ts";
import { Timeline } from "./timeline.ts";

const DAY = 24 * 60 * 60;

export interface UserResult {
  readonly signedOutAt: number | null;
  readonly refreshes: number;
  readonly lostReplies: number;
  readonly days: number;
}

export function simulateUser(rule: Rule, habits: Habits, seed: number): UserResult {
  const timeline = new Timeline();
  const session = new SimulatedSession(rule);
  const client = new HonestClient({ timeline, chance: seededChance(seed), session }, habits);
  timeline.run(ABSOLUTE_SECONDS, () => session.isOver(timeline.now));
  const { refreshes, lostReplies } = client;
  return { signedOutAt: session.revokedAt, refreshes, lostReplies, days: timeline.now / DAY };
}

export interface Theft {
  readonly at: number;
  /** When the rule ended the session, if it did. */
  readonly caughtAt: number | null;
  /** When the session was over, for any reason. */
  readonly overAt: number;
  /** When both had refreshed since the theft, so that the theft became detectable. */
  readonly sharedSince: number | null;
  /** The number of refreshes since the theft, of the party with fewer. */
  readonly bothRefreshed: number;
  readonly reads: number;
}

export function simulateTheft(
  rule: Rule,
  { method, victimLeaves = false, seed }: { method: Method; victimLeaves?: boolean; seed: number },
): Theft {
  const timeline = new Timeline();
  const chance = seededChance(seed);
  const session = new SimulatedSession(rule);
  const habits: Habits = { tabs: 1 + (seed % 2), lossRate: 0.01, slowRate: 0.01 };
  const victim = new HonestClient({ timeline, chance, session }, habits);
  const at = chance.between(0, 20 * DAY);
  timeline.run(at, () => session.isOver(timeline.now));
  if (victimLeaves) victim.leaveForGood();
  const before = victim.refreshes;
  const thief = new Thief(method, { timeline, chance, session, victim });
  let sharedSince: number | null = null;
  timeline.run(ABSOLUTE_SECONDS + DAY, () => {
    if (thief.refreshes > 0 && victim.refreshes > before) sharedSince ??= timeline.now;
    return session.isOver(timeline.now);
  });
  return {
    at,
    caughtAt: session.revokedAt,
    overAt: Math.min(timeline.now, session.expiresAt),
    sharedSince,
    bothRefreshed: Math.min(thief.refreshes, victim.refreshes - before),
    reads: thief.reads,
  };
}
