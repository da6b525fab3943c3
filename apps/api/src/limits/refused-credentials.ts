// How many credentials that do not work one network may send: tokens, service keys, mailed links, and what services ask to
// have checked. A try is counted when it was refused, so that genuine credentials cost nothing, and past the limit a refusal
// is a 429 and no longer a 401. Nobody with a genuine credential is shut out by a neighbour:
// - A token of a session shows by its check that this server made it. One that has ended is counted for its session alone.
// - A service key of this build shows the same. An older key has no check: from a network past its limit it is looked up
//   only if this server saw it succeed from there in the last day, and else refused without a trip.
import { createHash } from "node:crypto";
import { createCounter, startTurn } from "./counting/counters.ts";
import { networkOf } from "./limiter/network-of.ts";
import type { SharedRedis } from "./counting/open-redis.ts";

export interface Refusal {
  readonly address: string | null;
  /** Of a token that this server made; null for any other credential. */
  readonly sessionId: string | null;
}

export interface KeyUse {
  readonly address: string;
  readonly token: string;
  /** Whether its check is right. */
  readonly isIssued: boolean;
}

/** Seconds to wait, or null when the limit is not reached. */
export type Wait = number | null;

export interface RefusedCredentials {
  /** Counts a credential that was refused. */
  count(refusal: Refusal): Promise<Wait>;
  /** Counts a token that a service asked about and that is not active there. All of them alike: the answer tells no more. */
  countInactive(address: string | null): Promise<Wait>;
  /** Asked before a service key is looked up. */
  waitForKey(use: KeyUse): Wait;
  keySucceeded(use: KeyUse): void;
}

export interface RefusedCredentialsOptions {
  /** Grants this many times the limits. */
  readonly factor: number;
  /** Null to count in this process alone. */
  readonly shared: SharedRedis | null;
  /** Milliseconds, by a clock that never jumps. */
  readonly now?: () => number;
}

const MINUTE = 60;
/** As many as `auth.refresh` may be called: an office whose tokens were all signed by a key that is gone stays below. */
const FROM_NETWORK = 600;
/** Each access token ends after ten minutes, and a program may have hundreds of calls under way when it does. */
const OF_SESSION = 600;
/** A service asks on behalf of all its users, whose tokens end all the time. */
const INACTIVE = 6_000;
const MOST_KEPT = 10_000;
const RECENTLY_MS = 24 * 60 * MINUTE * 1_000;

export function createRefusedCredentials({
  factor,
  shared,
  now = () => performance.now(),
}: RefusedCredentialsOptions): RefusedCredentials {
  const counterOf = (name: string, points: number) =>
    createCounter({ name, points: Math.max(1, Math.round(points * factor)), seconds: MINUTE }, shared);
  const fromNetwork = counterOf("refused", FROM_NETWORK);
  const ofSession = counterOf("refused:session", OF_SESSION);
  const inactive = counterOf("refused:introspection", INACTIVE);
  /** Networks past their limit, as far as this process heard, until then. */
  const overUntil = recent();
  /** Networks and keys of older builds that succeeded from there, until that is no longer recent. */
  const succeeded = recent();

  const waitOf = async (counter: typeof fromNetwork, key: string): Promise<Wait> => {
    const turn = startTurn(shared);
    try {
      const { isOver, resetSeconds } = await counter(key, turn);
      return isOver ? resetSeconds : null;
    } finally {
      turn.end();
    }
  };

  return {
    count: async ({ address, sessionId }) => {
      const network = networkOf(address ?? "");
      if (sessionId !== null) return waitOf(ofSession, `${network} ${sessionId}`);
      const wait = await waitOf(fromNetwork, network);
      if (wait !== null) overUntil.set(network, now() + wait * 1_000);
      return wait;
    },
    countInactive: (address) => waitOf(inactive, networkOf(address ?? "")),
    waitForKey: ({ address, token, isIssued }) => {
      if (isIssued) return null;
      const network = networkOf(address);
      const left = overUntil.get(network) - now();
      if (left <= 0 || succeeded.get(placeOf(network, token)) > now()) return null;
      return Math.ceil(left / 1_000);
    },
    keySucceeded: ({ address, token, isIssued }) => {
      if (!isIssued) succeeded.set(placeOf(networkOf(address), token), now() + RECENTLY_MS);
    },
  };
}

/** A token is not kept; its hash tells it from every other, also from one with the same id and another secret. */
const placeOf = (network: string, token: string): string =>
  `${network} ${createHash("sha256").update(token).digest("base64")}`;

/** Times by name, the least recently set out first. */
function recent() {
  const times = new Map<string, number>();
  return {
    get: (name: string): number => times.get(name) ?? 0,
    set: (name: string, time: number): void => {
      times.delete(name);
      const [oldest] = times.keys();
      if (times.size >= MOST_KEPT && oldest !== undefined) times.delete(oldest);
      times.set(name, time);
    },
  };
}
