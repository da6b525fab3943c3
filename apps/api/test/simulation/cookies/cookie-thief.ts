// Simulates an attacker with a copy of a browser's cookie and a reliable network.
import { sendCall, type Deps, type HonestBrowser } from "./honest-browser.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * - `slow`: uses the cookie several times a day, and takes each new cookie.
 * - `busy`: uses it every ten minutes, and takes each new cookie.
 * - `copy`: uses the copy alone, several times a day, and takes no new cookie.
 * - `late`: waits for two to five days, and then acts as `slow`.
 * - `night`: uses it only while the browser makes no calls, and takes each new cookie.
 */
export const cookieThieves = ["slow", "busy", "copy", "late", "night"] as const;
/** `polling`: sends a call every 20 seconds, to be there when the browser's cookie is replaced. */
export type CookieTheft = (typeof cookieThieves)[number] | "polling";

export class CookieThief {
  readonly #deps: Deps;
  readonly #victim: HonestBrowser;
  #cookie: number;
  /** The times of the successful calls. */
  readonly uses: number[] = [];

  constructor(method: CookieTheft, deps: Deps, victim: HonestBrowser) {
    this.#deps = deps;
    this.#victim = victim;
    this.#cookie = victim.cookie;
    this.#act(method);
  }

  #act(method: CookieTheft): void {
    const { timeline, chance } = this.#deps;
    const slow = () => chance.exponential(6 * HOUR);
    switch (method) {
      case "slow":
        return this.#every(slow);
      case "busy":
        return this.#every(() => chance.between(8 * MINUTE, 12 * MINUTE));
      case "copy":
        return this.#every(slow, { takes: false });
      case "late":
        timeline.after(chance.between(2 * DAY, 5 * DAY), () => this.#every(slow));
        return;
      case "night":
        return this.#every(() => chance.exponential(2 * HOUR), { waitsForPause: true });
      case "polling":
        return this.#every(() => 20);
    }
  }

  #every(pause: () => number, { takes = true, waitsForPause = false } = {}): void {
    const { timeline } = this.#deps;
    timeline.after(pause(), () => {
      const isBusy = timeline.now - this.#victim.lastCallAt < 30 * MINUTE;
      if (!waitsForPause || !isBusy) this.#use(takes);
      this.#every(pause, { takes, waitsForPause });
    });
  }

  #use(takes: boolean): void {
    sendCall(this.#deps, { cookie: this.#cookie, lossRate: 0, slowest: 1 }, (reply) => {
      if (!reply.ok) return;
      this.uses.push(this.#deps.timeline.now);
      if (takes && reply.sets !== null) this.#cookie = reply.sets;
    });
  }
}
