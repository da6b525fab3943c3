// Remembers the networks from which an account signed in recently. Redis stores them for all servers. This process also
// stores the sign-ins that it saw itself, in bounded memory, so that they are known during an outage of Redis.
import { RateLimiterRedis } from "rate-limiter-flexible";
import type { StoreStatistics } from "../counting/count-store.ts";
import type { RedisAccess } from "../counting/counters.ts";
import type { SharedRedis } from "../counting/open-redis.ts";

/** An account and the network of an attempt. */
export interface Pair {
  readonly account: string;
  readonly network: string;
}

/** The pairs of account and network with a successful sign-in. */
export interface KnownAddresses {
  add(pair: Pair, redisAccess: RedisAccess): Promise<void>;
  has(pair: Pair, redisAccess: RedisAccess): Promise<boolean>;
  statistics(): StoreStatistics;
}

export interface KnownAddressesOptions {
  readonly seconds: number;
  readonly shared: SharedRedis | null;
  readonly mostAccounts?: number;
  readonly now?: () => number;
}

interface KnownNetwork {
  readonly network: string;
  readonly endsAt: number;
}

const MAX_ACCOUNTS = 30_000;

/**
 * The most networks of one account, so that an account with many networks cannot displace other accounts. The latest are
 * kept.
 */
const MAX_NETWORKS = 8;

export function createKnownAddresses({
  seconds,
  shared,
  mostAccounts = MAX_ACCOUNTS,
  now = () => performance.now(),
}: KnownAddressesOptions): KnownAddresses {
  // The accounts are ordered by their last sign-in, oldest first.
  const networks = new Map<string, readonly KnownNetwork[]>();
  let bytes = 0;
  let evicted = 0;
  const options = { keyPrefix: "projo:known", points: 1, duration: seconds };
  const inRedis = shared && new RateLimiterRedis({ ...options, storeClient: shared.redis });

  const drop = (account: string) => {
    const known = networks.get(account);
    if (known === undefined) return;
    networks.delete(account);
    bytes -= bytesOf(account, known);
  };
  const addInProcess = ({ account, network }: Pair) => {
    const others = (networks.get(account) ?? []).filter(
      (other) => other.network !== network && other.endsAt > now(),
    );
    drop(account);
    const [oldest] = networks.keys();
    if (networks.size >= mostAccounts && oldest !== undefined) {
      drop(oldest);
      evicted += 1;
    }
    const known = [...others.slice(1 - MAX_NETWORKS), { network, endsAt: now() + seconds * 1_000 }];
    networks.set(account, known);
    bytes += bytesOf(account, known);
  };

  return {
    add: async (pair, redisAccess) => {
      addInProcess(pair);
      if (inRedis) await redisAccess.query(() => inRedis.set(nameOf(pair), 1, seconds));
    },
    has: async (pair, redisAccess) => {
      const known = networks.get(pair.account) ?? [];
      if (known.some(({ network, endsAt }) => network === pair.network && endsAt > now())) return true;
      return inRedis !== null && (await redisAccess.query(() => inRedis.get(nameOf(pair)))) !== null;
    },
    statistics: () => ({ entries: networks.size, bytes, evicted }),
  };
}

const nameOf = ({ account, network }: Pair): string => `${account}@${network}`;

const bytesOf = (account: string, known: readonly KnownNetwork[]): number =>
  known.reduce((sum, { network }) => sum + 96 + network.length, 160 + account.length);
