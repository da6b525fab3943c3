// Simulates an attacker with a copy of a user's tokens and a reliable network.
import { ACCESS_SECONDS } from "../../src/identity/tokens/session-lifetime.ts";
import type { HonestClient } from "./honest-client.ts";
import type { Chance } from "./seeded-random.ts";
import type { Pair, SimulatedSession } from "./simulated-session.ts";
import type { Timeline } from "./timeline.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * - `once`: refreshes once within an hour, uses the new tokens, and stops.
 * - `busy`: refreshes and reads every ten minutes, all the time.
 * - `slow`: refreshes and reads several times a day.
 * - `quick`: waits for the victim's next refresh, refreshes to the same successor seconds later, then acts as `busy`.
 * - `alternating`: refreshes minutes after each refresh of the victim.
 * - `backup`: has an older token, from one to three refreshes ago, and acts as `slow`.
 * - `polling`: refreshes with the copy every 25 seconds, to be inside the grace window of the victim's refresh.
 */
export const thieves = ["once", "busy", "slow", "quick", "alternating", "backup", "polling"] as const;
/**
 * Thieves who observe the victim.
 * - `waiting`: refreshes before the victim, and uses the new tokens only after the victim has them too.
 * - `shadow`: refreshes to each successor inside the grace window of 30 seconds.
 */
export type Method = (typeof thieves)[number] | "waiting" | "shadow";

interface Deps {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly session: SimulatedSession;
  readonly victim: HonestClient;
}

export class Thief {
  readonly #deps: Deps;
  #tokens: Pair;
  refreshes = 0;
  /** The number of successful reads. */
  reads = 0;

  constructor(method: Method, deps: Deps) {
    const { victim, chance } = deps;
    this.#deps = deps;
    const ago = method === "backup" ? Math.floor(chance.between(0, victim.earlier.length)) : -1;
    this.#tokens = victim.earlier[ago] ?? victim.store;
    this.#act(method);
  }

  #act(method: Method): void {
    const { timeline, chance, victim } = this.#deps;
    switch (method) {
      case "once":
        timeline.after(chance.between(0, HOUR), () => this.#refreshAndRead());
        return;
      case "busy":
        this.#every(() => chance.between(8 * MINUTE, 12 * MINUTE));
        return;
      case "slow":
      case "backup":
        this.#every(() => chance.exponential(6 * HOUR));
        return;
      case "polling":
        this.#poll(this.#tokens.generation);
        return;
      case "quick":
        this.#followFirstRefresh(() => this.#every(() => chance.between(8 * MINUTE, 12 * MINUTE)));
        return;
      case "alternating":
        victim.onRefreshed = () =>
          timeline.after(chance.between(MINUTE, 10 * MINUTE), () => this.#refreshAndRead());
        return;
      case "shadow":
        victim.onRefreshed = () => timeline.after(chance.between(1, 25), () => this.#refreshAndRead());
        return;
      case "waiting":
        victim.onRefreshed = () => this.#readIfShared();
        this.#refreshFirst();
    }
  }

  #every(pause: () => number): void {
    this.#deps.timeline.after(pause(), () => {
      this.#refreshAndRead();
      this.#every(pause);
    });
  }

  #poll(copied: number): void {
    const { timeline, chance, victim } = this.#deps;
    this.#refresh(copied);
    // A read before the victim's refresh would reveal the thief. A read after it may do so.
    if (victim.store.generation > copied && chance.happens(0.5)) this.#read();
    timeline.after(25, () => this.#poll(copied));
  }

  #followFirstRefresh(then: () => void): void {
    const { timeline, chance, victim } = this.#deps;
    victim.onRefreshed = () => {
      victim.onRefreshed = () => {};
      timeline.after(chance.between(1, 25), () => {
        this.#refreshAndRead();
        then();
      });
    };
  }

  #refreshFirst(): void {
    const { timeline, chance, session, victim } = this.#deps;
    timeline.after(chance.between(MINUTE, 5 * MINUTE), () => {
      // Stay one generation ahead: two would reveal the thief.
      if (session.generation === victim.store.generation && this.#tokens.generation === session.generation)
        this.#refresh();
      this.#refreshFirst();
    });
  }

  #readIfShared(): void {
    const { timeline, session, victim } = this.#deps;
    const isShared = victim.store.generation === this.#tokens.generation && session.confirmed;
    if (isShared && timeline.now < this.#tokens.issuedAt + ACCESS_SECONDS) this.#read();
  }

  #refreshAndRead(): void {
    if (this.#refresh()) this.#read();
  }

  #refresh(generation = this.#tokens.generation): boolean {
    const { timeline, session } = this.#deps;
    const answer = session.refresh(timeline.now, generation);
    if (answer === null) return false;
    this.refreshes += 1;
    this.#tokens = answer;
    return true;
  }

  #read(): void {
    const { timeline, session } = this.#deps;
    if (session.use(timeline.now, this.#tokens)) this.reads += 1;
  }
}
