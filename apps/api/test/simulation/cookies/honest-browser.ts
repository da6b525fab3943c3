// Simulates the browser of a user. All its tabs have one cookie, which it stores on disk up to 30 seconds late, and which it
// loses when it crashes before. Requests and answers are lost or late. Pages may be rendered by a server, which sends the
// cookie of the browser: it may pass new cookies on or not, and may use a new cookie for its own further calls.
import type { Chance } from "../seeded-random.ts";
import type { Timeline } from "../timeline.ts";
import type { CookieReply, SimulatedCookieSession } from "./simulated-cookie-session.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface BrowserHabits {
  readonly tabs: number;
  /** The probability that a request is lost, and the probability that its answer is lost. */
  readonly lossRate: number;
  /** The part of the calls that a server makes, while it renders a page. */
  readonly rendered: number;
  /** The probability that such a server passes a new cookie on. */
  readonly passedOn: number;
  /** The crashes per hour of use. */
  readonly crashRate: number;
  /** The probability that a call stays in the computer, which sleeps, and is sent when it wakes up. */
  readonly heldRate: number;
}

export interface Deps {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly session: SimulatedCookieSession;
}

interface Sent {
  readonly cookie: number;
  readonly lossRate: number;
  /** The longest time that a request or an answer takes. */
  readonly slowest: number;
}

/** Sends a call with a cookie. @param receive gets the answer, unless it is lost */
export function sendCall(
  { timeline, chance, session }: Deps,
  { cookie, lossRate, slowest }: Sent,
  receive: (reply: CookieReply) => void,
): void {
  const latency = () =>
    chance.happens(0.02) ? chance.between(slowest / 25, slowest) : chance.exponential(0.1);
  if (chance.happens(lossRate)) return;
  timeline.after(latency(), () => {
    const apply = session.judge(timeline.now, cookie);
    timeline.after(chance.happens(0.05) ? chance.between(0, 2) : 0.005, () => {
      const reply = apply(timeline.now);
      if (!chance.happens(lossRate)) timeline.after(latency(), () => receive(reply));
    });
  });
}

export class HonestBrowser {
  readonly #deps: Deps;
  readonly #habits: BrowserHabits;
  #jar = 1;
  #disk = 1;
  /** The times of the calls, newest last. */
  lastCallAt = 0;
  calls = 0;
  #hasLeft = false;
  /** Increases with each crash. Earlier events have no effect. */
  #epoch = 0;
  #burstEndsAt = 0;
  /** The calls that are sent when the computer wakes up. */
  #held: (() => void)[] = [];

  constructor(deps: Deps, habits: BrowserHabits) {
    this.#deps = deps;
    this.#habits = habits;
    this.#startBurst();
  }

  get cookie(): number {
    return this.#jar;
  }

  leaveForGood(): void {
    this.#hasLeft = true;
    this.#epoch += 1;
  }

  #startBurst(): void {
    if (this.#hasLeft) return;
    const { timeline, chance } = this.#deps;
    const epoch = this.#epoch;
    for (const send of this.#held.splice(0)) send();
    // Many visits are shorter than a minute.
    const seconds = chance.happens(0.4) ? chance.between(2, MINUTE) : chance.between(MINUTE, 40 * MINUTE);
    this.#burstEndsAt = timeline.now + seconds;
    for (let tab = 0; tab < this.#habits.tabs; tab += 1)
      timeline.after(chance.between(0, 1), () => this.#work(epoch));
    if (chance.happens((this.#habits.crashRate * seconds) / HOUR)) {
      timeline.after(chance.between(0, seconds), () => this.#crash(epoch));
      return;
    }
    timeline.after(seconds + this.#pause(), () => {
      if (this.#epoch === epoch) this.#startBurst();
    });
  }

  #pause(): number {
    const { chance } = this.#deps;
    if (chance.happens(0.05)) return chance.between(DAY, 6 * DAY);
    return chance.happens(0.5) ? chance.exponential(20 * MINUTE) : chance.between(HOUR, 14 * HOUR);
  }

  #crash(epoch: number): void {
    if (this.#epoch !== epoch) return;
    const { timeline, chance } = this.#deps;
    this.#epoch += 1;
    this.#held = [];
    this.#jar = this.#disk;
    timeline.after(
      chance.happens(0.5) ? chance.between(10, 5 * MINUTE) : chance.between(HOUR, 20 * HOUR),
      () => this.#startBurst(),
    );
  }

  #work(epoch: number): void {
    const { timeline, chance } = this.#deps;
    if (this.#epoch !== epoch || timeline.now > this.#burstEndsAt) return;
    // A page sends several requests at once.
    const parallel = 1 + Math.floor(chance.between(0, 4));
    for (let at = 0; at < parallel; at += 1) {
      this.calls += 1;
      this.lastCallAt = timeline.now;
      if (chance.happens(this.#habits.rendered)) this.#render(epoch);
      else this.#send(epoch);
    }
    timeline.after(chance.exponential(40), () => this.#work(epoch));
  }

  #send(epoch: number): void {
    const { timeline, chance } = this.#deps;
    const { lossRate, heldRate } = this.#habits;
    const sent = { cookie: this.#jar, lossRate, slowest: 25 };
    const send = () =>
      sendCall(this.#deps, sent, (reply) => {
        if (this.#epoch === epoch && reply.ok && reply.sets !== null) this.#store(reply.sets);
      });
    if (!chance.happens(heldRate)) return send();
    // The computer goes to sleep now.
    this.#burstEndsAt = timeline.now;
    this.#held.push(() => timeline.after(chance.between(0, 5), send));
  }

  #store(cookie: number): void {
    const { timeline, chance } = this.#deps;
    this.#jar = cookie;
    const epoch = this.#epoch;
    timeline.after(chance.between(0, 30), () => {
      if (this.#epoch === epoch) this.#disk = this.#jar;
    });
  }

  /** A server renders a page with one to three calls, and may use a new cookie for the later ones. */
  #render(epoch: number): void {
    const { chance } = this.#deps;
    const keeps = chance.happens(0.5);
    const passesOn = chance.happens(this.#habits.passedOn);
    let cookie = this.#jar;
    const next = (left: number) => {
      // The framework gives a page up after a minute.
      sendCall(this.#deps, { cookie, lossRate: 0.001, slowest: 10 }, (reply) => {
        if (reply.ok && reply.sets !== null) {
          if (keeps) cookie = reply.sets;
          if (passesOn && this.#epoch === epoch) this.#store(reply.sets);
        }
        if (left > 1) next(left - 1);
      });
    };
    next(1 + Math.floor(chance.between(0, 3)));
  }
}
