// The networks at which an account has signed in lately. Redis keeps them for all servers; this process keeps what it saw
// itself, bounded, so that they are known during an outage too.
import { RateLimiterRedis } from "rate-limiter-flexible";
import type { StoreStatistics } from "../counting/count-store.ts";
import type { Turn } from "../counting/counters.ts";
import type { SharedRedis } from "../counting/open-redis.ts";

/** An account and the network that it is tried from. */
export interface Pair {
  readonly account: string;
  readonly network: string;
}

/** The pairs of account and network that succeeded before. */
export interface KnownAddresses {
  add(pair: Pair, turn: Turn): Promise<void>;
  has(pair: Pair, turn: Turn): Promise<boolean>;
  statistics(): StoreStatistics;
}

export interface KnownAddressesOptions {
  readonly seconds: number;
  readonly shared: SharedRedis | null;
  readonly mostAccounts?: number;
  readonly now?: () => number;
}

interface Place {
  readonly network: string;
  readonly endsAt: number;
}

const MOST_ACCOUNTS = 30_000;

/** One account can push out no other by signing in from many networks: it is known at the last of them. */
const MOST_PLACES = 8;

export function createKnownAddresses({
  seconds,
  shared,
  mostAccounts = MOST_ACCOUNTS,
  now = () => performance.now(),
}: KnownAddressesOptions): KnownAddresses {
  // The account that signed in last comes last.
  const places = new Map<string, readonly Place[]>();
  let bytes = 0;
  let evicted = 0;
  const options = { keyPrefix: "projo:known", points: 1, duration: seconds };
  const everywhere = shared && new RateLimiterRedis({ ...options, storeClient: shared.redis });

  const drop = (account: string) => {
    const known = places.get(account);
    if (known === undefined) return;
    places.delete(account);
    bytes -= bytesOf(account, known);
  };
  const addHere = ({ account, network }: Pair) => {
    const others = (places.get(account) ?? []).filter(
      (place) => place.network !== network && place.endsAt > now(),
    );
    drop(account);
    const [oldest] = places.keys();
    if (places.size >= mostAccounts && oldest !== undefined) {
      drop(oldest);
      evicted += 1;
    }
    const known = [...others.slice(1 - MOST_PLACES), { network, endsAt: now() + seconds * 1_000 }];
    places.set(account, known);
    bytes += bytesOf(account, known);
  };

  return {
    add: async (pair, turn) => {
      addHere(pair);
      if (everywhere) await turn.ask(() => everywhere.set(nameOf(pair), 1, seconds));
    },
    has: async (pair, turn) => {
      const known = places.get(pair.account) ?? [];
      if (known.some(({ network, endsAt }) => network === pair.network && endsAt > now())) return true;
      return everywhere !== null && (await turn.ask(() => everywhere.get(nameOf(pair)))) !== null;
    },
    statistics: () => ({ entries: places.size, bytes, evicted }),
  };
}

const nameOf = ({ account, network }: Pair): string => `${account}@${network}`;

const bytesOf = (account: string, known: readonly Place[]): number =>
  known.reduce((sum, { network }) => sum + 96 + network.length, 160 + account.length);
