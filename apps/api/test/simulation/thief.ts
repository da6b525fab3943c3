// Someone with a copy of a person's tokens, on a machine that loses nothing.
import { ACCESS_SECONDS } from "../../src/identity/tokens/session-lifetime.ts";
import type { HonestPerson } from "./honest-person.ts";
import type { Chance } from "./seeded-random.ts";
import type { Pair, SimulatedSession } from "./simulated-session.ts";
import type { Timeline } from "./timeline.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * - `once`: refreshes the copy within minutes, uses what it gives, and is gone.
 * - `busy`: refreshes every ten minutes and uses it, day and night.
 * - `slow`: some times a day.
 * - `quick`: waits for the victim's next refresh, takes the same successor some seconds later, then is `busy`.
 * - `alternating`: after each refresh of the victim's comes one of the thief's, minutes later.
 * - `backup`: found a token from before, of one to three refreshes ago.
 * - `polling`: presents the copy every 25 seconds, to be within the grace whenever the victim comes.
 */
export const thieves = ["once", "busy", "slow", "quick", "alternating", "backup", "polling"] as const;
/**
 * Thieves who know what the victim does.
 * - `waiting`: refreshes ahead of the victim, and uses what it gives only once the victim has it too.
 * - `shadow`: takes each successor within the half minute in which another tab would be forgiven.
 */
export type Method = (typeof thieves)[number] | "waiting" | "shadow";

interface World {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly session: SimulatedSession;
  readonly victim: HonestPerson;
}

export class Thief {
  readonly #world: World;
  #held: Pair;
  refreshes = 0;
  /** The calls that were answered. */
  reads = 0;

  constructor(method: Method, world: World) {
    const { victim, chance } = world;
    this.#world = world;
    const ago = method === "backup" ? Math.floor(chance.between(0, victim.earlier.length)) : -1;
    this.#held = victim.earlier[ago] ?? victim.store;
    this.#act(method);
  }

  #act(method: Method): void {
    const { timeline, chance, victim } = this.#world;
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
        this.#poll(this.#held.generation);
        return;
      case "quick":
        this.#followOnce(() => this.#every(() => chance.between(8 * MINUTE, 12 * MINUTE)));
        return;
      case "alternating":
        victim.onRefreshed = () =>
          timeline.after(chance.between(MINUTE, 10 * MINUTE), () => this.#refreshAndRead());
        return;
      case "shadow":
        victim.onRefreshed = () => timeline.after(chance.between(1, 25), () => this.#refreshAndRead());
        return;
      case "waiting":
        victim.onRefreshed = () => this.#readOnceTheVictimHasIt();
        this.#goAhead();
    }
  }

  #every(pause: () => number): void {
    this.#world.timeline.after(pause(), () => {
      this.#refreshAndRead();
      this.#every(pause);
    });
  }

  #poll(copied: number): void {
    const { timeline, chance, victim } = this.#world;
    this.#refresh(copied);
    // What was read before the victim comes would give the thief away; what is read after it may.
    if (victim.store.generation > copied && chance.happens(0.5)) this.#read();
    timeline.after(25, () => this.#poll(copied));
  }

  #followOnce(then: () => void): void {
    const { timeline, chance, victim } = this.#world;
    victim.onRefreshed = () => {
      victim.onRefreshed = () => {};
      timeline.after(chance.between(1, 25), () => {
        this.#refreshAndRead();
        then();
      });
    };
  }

  #goAhead(): void {
    const { timeline, chance, session, victim } = this.#world;
    timeline.after(chance.between(MINUTE, 5 * MINUTE), () => {
      // One step ahead and no further: two would give the thief away.
      if (session.generation === victim.store.generation && this.#held.generation === session.generation)
        this.#refresh();
      this.#goAhead();
    });
  }

  #readOnceTheVictimHasIt(): void {
    const { timeline, session, victim } = this.#world;
    const isShared = victim.store.generation === this.#held.generation && session.confirmed;
    if (isShared && timeline.now < this.#held.issuedAt + ACCESS_SECONDS) this.#read();
  }

  #refreshAndRead(): void {
    if (this.#refresh()) this.#read();
  }

  #refresh(generation = this.#held.generation): boolean {
    const { timeline, session } = this.#world;
    const answer = session.refresh(timeline.now, generation);
    if (answer === null) return false;
    this.refreshes += 1;
    this.#held = answer;
    return true;
  }

  #read(): void {
    const { timeline, session } = this.#world;
    if (session.use(timeline.now, this.#held)) this.reads += 1;
  }
}
