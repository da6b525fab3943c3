// Thirty days of one session, lived by an honest person alone or with a thief.
import { ABSOLUTE_SECONDS } from "../../src/identity/tokens/session-lifetime.ts";
import { HonestPerson, type Habits } from "./honest-person.ts";
import { seededChance } from "./seeded-random.ts";
import { SimulatedSession, type Rule } from "./simulated-session.ts";
import { Thief, type Method } from "./thief.ts";
import { Timeline } from "./timeline.ts";

const DAY = 24 * 60 * 60;

export interface HonestLife {
  readonly signedOutAt: number | null;
  readonly refreshes: number;
  readonly lostReplies: number;
  readonly days: number;
}

export function liveHonestly(rule: Rule, habits: Habits, seed: number): HonestLife {
  const timeline = new Timeline();
  const session = new SimulatedSession(rule);
  const person = new HonestPerson({ timeline, chance: seededChance(seed), session }, habits);
  timeline.run(ABSOLUTE_SECONDS, () => session.isOver(timeline.now));
  const { refreshes, lostReplies } = person;
  return { signedOutAt: session.revokedAt, refreshes, lostReplies, days: timeline.now / DAY };
}

export interface Theft {
  readonly at: number;
  /** When the rule ended the session, if it did. */
  readonly caughtAt: number | null;
  /** When the session was over, for whatever reason. */
  readonly overAt: number;
  /** When both had refreshed since the theft, so that there was something to notice. */
  readonly sharedSince: number | null;
  /** How often the one who refreshed less had refreshed since the theft. */
  readonly bothRefreshed: number;
  readonly reads: number;
}

export function liveWithThief(
  rule: Rule,
  { method, victimLeaves = false, seed }: { method: Method; victimLeaves?: boolean; seed: number },
): Theft {
  const timeline = new Timeline();
  const chance = seededChance(seed);
  const session = new SimulatedSession(rule);
  const habits: Habits = { tabs: 1 + (seed % 2), lossRate: 0.01, slowRate: 0.01 };
  const victim = new HonestPerson({ timeline, chance, session }, habits);
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
