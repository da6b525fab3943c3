// Simulates the client of a user: several tabs or processes on one machine share a token store without a lock. The machine
// sleeps for hours or days, the network fails, and requests and replies are lost or late. The client follows docs/sessions.md:
// it reads the store before each attempt, and stores new tokens before it uses them.
import { ACCESS_SECONDS } from "../../src/identity/tokens/session-lifetime.ts";
import type { Chance } from "./seeded-random.ts";
import type { Pair, SimulatedSession } from "./simulated-session.ts";
import type { Timeline } from "./timeline.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Habits {
  readonly tabs: number;
  /** The probability that a request is lost, and the probability that its reply is lost. */
  readonly lossRate: number;
  /** The probability that a request or a reply takes 1 to 15 seconds, as long as TCP's fourth retransmission. */
  readonly slowRate: number;
}

export class HonestClient {
  readonly #deps: {
    readonly timeline: Timeline;
    readonly chance: Chance;
    readonly session: SimulatedSession;
  };
  readonly #habits: Habits;
  /** The token store of the machine, shared by all tabs. */
  store: Pair;
  /** The previous pairs, newest first, as in a backup. */
  readonly earlier: Pair[] = [];
  refreshes = 0;
  lostReplies = 0;
  signedOutAt: number | null = null;
  /** Called after each successful refresh. */
  onRefreshed: () => void = () => {};
  #hasLeft = false;
  #online = true;
  /** Increases at each sleep and wake-up. Events that were scheduled before have no effect. */
  #epoch = 0;
  #burstEndsAt = 0;

  constructor(deps: { timeline: Timeline; chance: Chance; session: SimulatedSession }, habits: Habits) {
    this.#deps = deps;
    this.#habits = habits;
    this.store = deps.session.pair(0);
    this.#wake();
  }

  /** Stops the client permanently. */
  leaveForGood(): void {
    this.#hasLeft = true;
  }

  #wake(): void {
    if (this.#hasLeft) return;
    const { timeline, chance } = this.#deps;
    this.#epoch += 1;
    const epoch = this.#epoch;
    this.#online = true;
    this.#startBurst(epoch);
    this.#scheduleNetworkLoss(epoch);
    timeline.after(chance.exponential(3 * HOUR), () => {
      this.#epoch += 1;
      timeline.after(this.#sleepSeconds(), () => this.#wake());
    });
  }

  #sleepSeconds(): number {
    const { chance } = this.#deps;
    if (chance.happens(0.05)) return chance.between(DAY, 6 * DAY);
    return chance.happens(0.5) ? chance.between(MINUTE, HOUR) : chance.between(HOUR, 14 * HOUR);
  }

  #scheduleNetworkLoss(epoch: number): void {
    const { timeline, chance } = this.#deps;
    timeline.after(chance.exponential(2 * HOUR), () => {
      if (this.#epoch !== epoch) return;
      this.#online = false;
      timeline.after(chance.exponential(5 * MINUTE), () => {
        if (this.#epoch !== epoch) return;
        this.#online = true;
        this.#scheduleNetworkLoss(epoch);
      });
    });
  }

  /** Starts a period of activity in all tabs, within two seconds of each other. */
  #startBurst(epoch: number): void {
    const { timeline, chance } = this.#deps;
    if (this.#epoch !== epoch) return;
    this.#burstEndsAt = timeline.now + chance.between(5 * MINUTE, 45 * MINUTE);
    for (let tab = 0; tab < this.#habits.tabs; tab += 1) {
      timeline.after(chance.between(0, 2), () => this.#work(epoch));
    }
    timeline.after(this.#burstEndsAt - timeline.now + chance.exponential(HOUR), () =>
      this.#startBurst(epoch),
    );
  }

  #work(epoch: number): void {
    const { timeline, chance } = this.#deps;
    if (this.#epoch !== epoch || this.signedOutAt !== null || timeline.now > this.#burstEndsAt) return;
    this.#call(epoch);
    timeline.after(chance.exponential(3 * MINUTE), () => this.#work(epoch));
  }

  #call(epoch: number): void {
    const { timeline, session } = this.#deps;
    const pair = this.store;
    if (timeline.now < pair.issuedAt + ACCESS_SECONDS && (!this.#online || session.use(timeline.now, pair)))
      return;
    this.#refresh(epoch, 0);
  }

  #refresh(epoch: number, tries: number): void {
    const { timeline, chance, session } = this.#deps;
    if (this.#epoch !== epoch || this.signedOutAt !== null || this.#hasLeft || tries > 4) return;
    const sent = this.store;
    let isSettled = false;
    const tryAgain = () => {
      if (isSettled || this.#epoch !== epoch) return;
      isSettled = true;
      // Another tab may have refreshed meanwhile.
      if (this.store === sent) this.#refresh(epoch, tries + 1);
    };
    timeline.after(10 + chance.exponential(2 + 5 * tries), tryAgain);
    if (!this.#online || chance.happens(this.#habits.lossRate)) return;
    const latency = () =>
      chance.happens(this.#habits.slowRate) ? chance.between(1, 15) : chance.exponential(0.1);
    timeline.after(latency(), () => {
      const answer = session.refresh(timeline.now, sent.generation);
      if (!this.#online || chance.happens(this.#habits.lossRate)) {
        this.lostReplies += 1;
        return;
      }
      timeline.after(latency(), () => {
        if (isSettled || this.#epoch !== epoch) return;
        isSettled = true;
        this.#receive(sent, answer);
      });
    });
  }

  #receive(sent: Pair, answer: Pair | null): void {
    const { timeline, session } = this.#deps;
    if (answer === null) {
      // A 401 for a token that another tab has replaced does not concern the stored token.
      if (this.store === sent || session.revokedAt !== null) this.signedOutAt ??= timeline.now;
      return;
    }
    this.refreshes += 1;
    // Replace only the pair that was sent, so that a late answer does not overwrite a newer one.
    if (this.store === sent) {
      this.earlier.unshift(sent);
      if (this.earlier.length > 3) this.earlier.pop();
      this.store = answer;
    }
    session.use(timeline.now, this.store);
    this.onRefreshed();
  }
}
