// Limits the invalid credentials that one network may send: tokens, service keys, mailed links and introspected tokens.
// Only refused attempts are counted, so genuine credentials use nothing of the limit. Above the limit a refusal is a 429
// instead of a 401. A caller with a genuine credential is not refused because of others in the same network: - The check of
// a session token shows that this server issued it. A token of an ended session is counted for its session only. - The same
// applies to a service key of this build. An older key has no check. From a network over its limit it is looked up
//   only if this server saw it succeed from there in the last day; otherwise it is refused without a query.
import { createHash } from "node:crypto";
import { createCounter, openRedisAccess } from "./counting/counters.ts";
import { networkOf } from "./limiter/network-of.ts";
import type { SharedRedis } from "./counting/open-redis.ts";

export interface Refusal {
  readonly address: string | null;
  /** The session of a token that this server issued; null for any other credential. */
  readonly sessionId: string | null;
}

export interface KeyUse {
  readonly address: string;
  readonly token: string;
  /** Whether the key's check is valid. */
  readonly isIssued: boolean;
}

/** The seconds to wait, or null when the limit is not reached. */
export type Wait = number | null;

export interface RefusedCredentials {
  /** Counts a refused credential. */
  count(refusal: Refusal): Promise<Wait>;
  /**
   * Counts an introspected token that is not active. All inactive tokens count the same, because the response does not
   * distinguish them.
   */
  countInactive(address: string | null): Promise<Wait>;
  /** Returns the wait of a service key before it is looked up. */
  waitForKey(use: KeyUse): Wait;
  /** Remembers that a service key was valid. */
  keySucceeded(use: KeyUse): void;
}

export interface RefusedCredentialsOptions {
  /** The factor by which the limits are multiplied. */
  readonly factor: number;
  /** Null to count in this process only. */
  readonly shared: SharedRedis | null;
  /** The milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

const MINUTE = 60;
/**
 * The same as the limit of `auth.refresh`. An office stays below it even if all its tokens become invalid with a removed
 * key.
 */
const FROM_NETWORK = 600;
/** An access token expires after ten minutes, and a program may then have hundreds of calls in progress. */
const OF_SESSION = 600;
/** A service introspects the tokens of all its users, and such tokens expire all the time. */
const INACTIVE = 6_000;
const MAX_ENTRIES = 10_000;
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
  /** The networks over their limit, as far as this process knows, with the time at which the limit resets. */
  const overUntil = createExpiries();
  /** The pairs of network and older key that succeeded, with the time at which they are no longer recent. */
  const succeeded = createExpiries();

  const waitOf = async (counter: typeof fromNetwork, key: string): Promise<Wait> => {
    const redisAccess = openRedisAccess(shared);
    try {
      const { isOver, resetSeconds } = await counter(key, redisAccess);
      return isOver ? resetSeconds : null;
    } finally {
      redisAccess.end();
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
      if (left <= 0 || succeeded.get(keyUseId(network, token)) > now()) return null;
      return Math.ceil(left / 1_000);
    },
    keySucceeded: ({ address, token, isIssued }) => {
      if (!isIssued) succeeded.set(keyUseId(networkOf(address), token), now() + RECENTLY_MS);
    },
  };
}

/** Identifies a pair of network and token by the hash of the token, which is not stored itself. */
const keyUseId = (network: string, token: string): string =>
  `${network} ${createHash("sha256").update(token).digest("base64")}`;

/** A bounded map of times. When it is full, the entry that was set least recently is dropped. */
function createExpiries() {
  const times = new Map<string, number>();
  return {
    get: (name: string): number => times.get(name) ?? 0,
    set: (name: string, time: number): void => {
      times.delete(name);
      const [oldest] = times.keys();
      if (times.size >= MAX_ENTRIES && oldest !== undefined) times.delete(oldest);
      times.set(name, time);
    },
  };
}
