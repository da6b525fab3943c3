// A person at work on one machine: some tabs or processes over one store of tokens, without a lock between them. The
// machine sleeps for hours or days, the network goes away, requests and replies get lost or come late. The client does
// what docs/security.md asks of clients: it reads the store before each try, and keeps what it gets before using it.
import { ACCESS_SECONDS } from "../../src/identity/tokens/session-lifetime.ts";
import type { Chance } from "./seeded-random.ts";
import type { Pair, SimulatedSession } from "./simulated-session.ts";
import type { Timeline } from "./timeline.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Habits {
  readonly tabs: number;
  /** How often a request does not arrive, and how often its reply does not. */
  readonly lossRate: number;
  /** How often a request or a reply takes seconds, up to the fifteen of TCP's fourth retransmission. */
  readonly slowRate: number;
}

export class HonestPerson {
  readonly #world: {
    readonly timeline: Timeline;
    readonly chance: Chance;
    readonly session: SimulatedSession;
  };
  readonly #habits: Habits;
  /** What the machine keeps, for all tabs. */
  store: Pair;
  /** The pairs before it, newest first, as someone finds them in a backup. */
  readonly earlier: Pair[] = [];
  refreshes = 0;
  lostReplies = 0;
  signedOutAt: number | null = null;
  /** Who listens to the refreshes that succeed. */
  onRefreshed: () => void = () => {};
  #isGone = false;
  #online = true;
  /** Counts the sleeps: what a tab waited for before one does not come after it. */
  #wakes = 0;
  #burstEndsAt = 0;

  constructor(world: { timeline: Timeline; chance: Chance; session: SimulatedSession }, habits: Habits) {
    this.#world = world;
    this.#habits = habits;
    this.store = world.session.pair(0);
    this.#wake();
  }

  /** Never comes back, as with a laptop that was thrown away. */
  leaveForGood(): void {
    this.#isGone = true;
  }

  #wake(): void {
    if (this.#isGone) return;
    const { timeline, chance } = this.#world;
    this.#wakes += 1;
    const wake = this.#wakes;
    this.#online = true;
    this.#startBurst(wake);
    this.#loseNetworkOnceInAWhile(wake);
    timeline.after(chance.exponential(3 * HOUR), () => {
      this.#wakes += 1;
      timeline.after(this.#sleepSeconds(), () => this.#wake());
    });
  }

  #sleepSeconds(): number {
    const { chance } = this.#world;
    if (chance.happens(0.05)) return chance.between(DAY, 6 * DAY);
    return chance.happens(0.5) ? chance.between(MINUTE, HOUR) : chance.between(HOUR, 14 * HOUR);
  }

  #loseNetworkOnceInAWhile(wake: number): void {
    const { timeline, chance } = this.#world;
    timeline.after(chance.exponential(2 * HOUR), () => {
      if (this.#wakes !== wake) return;
      this.#online = false;
      timeline.after(chance.exponential(5 * MINUTE), () => {
        if (this.#wakes !== wake) return;
        this.#online = true;
        this.#loseNetworkOnceInAWhile(wake);
      });
    });
  }

  /** All tabs wake up to the same work, within a second or two of each other. */
  #startBurst(wake: number): void {
    const { timeline, chance } = this.#world;
    if (this.#wakes !== wake) return;
    this.#burstEndsAt = timeline.now + chance.between(5 * MINUTE, 45 * MINUTE);
    for (let tab = 0; tab < this.#habits.tabs; tab += 1) {
      timeline.after(chance.between(0, 2), () => this.#work(wake));
    }
    timeline.after(this.#burstEndsAt - timeline.now + chance.exponential(HOUR), () => this.#startBurst(wake));
  }

  #work(wake: number): void {
    const { timeline, chance } = this.#world;
    if (this.#wakes !== wake || this.signedOutAt !== null || timeline.now > this.#burstEndsAt) return;
    this.#call(wake);
    timeline.after(chance.exponential(3 * MINUTE), () => this.#work(wake));
  }

  #call(wake: number): void {
    const { timeline, session } = this.#world;
    const pair = this.store;
    if (timeline.now < pair.issuedAt + ACCESS_SECONDS && (!this.#online || session.use(timeline.now, pair)))
      return;
    this.#refresh(wake, 0);
  }

  #refresh(wake: number, tries: number): void {
    const { timeline, chance, session } = this.#world;
    if (this.#wakes !== wake || this.signedOutAt !== null || this.#isGone || tries > 4) return;
    const sent = this.store;
    let isSettled = false;
    const tryAgain = () => {
      if (isSettled || this.#wakes !== wake) return;
      isSettled = true;
      // Another tab may have been luckier meanwhile.
      if (this.store === sent) this.#refresh(wake, tries + 1);
    };
    timeline.after(10 + chance.exponential(2 + 5 * tries), tryAgain);
    if (!this.#online || chance.happens(this.#habits.lossRate)) return;
    const travels = () =>
      chance.happens(this.#habits.slowRate) ? chance.between(1, 15) : chance.exponential(0.1);
    timeline.after(travels(), () => {
      const answer = session.refresh(timeline.now, sent.generation);
      if (!this.#online || chance.happens(this.#habits.lossRate)) {
        this.lostReplies += 1;
        return;
      }
      timeline.after(travels(), () => {
        if (isSettled || this.#wakes !== wake) return;
        isSettled = true;
        this.#receive(sent, answer);
      });
    });
  }

  #receive(sent: Pair, answer: Pair | null): void {
    const { timeline, session } = this.#world;
    if (answer === null) {
      // A 401 for a token that another tab has replaced says nothing of the one in the store.
      if (this.store === sent || session.revokedAt !== null) this.signedOutAt ??= timeline.now;
      return;
    }
    this.refreshes += 1;
    // Kept only in place of what was sent: an answer that comes late never undoes a newer one.
    if (this.store === sent) {
      this.earlier.unshift(sent);
      if (this.earlier.length > 3) this.earlier.pop();
      this.store = answer;
    }
    session.use(timeline.now, this.store);
    this.onRefreshed();
  }
}
