// The stores of the limiter, one for each kind of key. A caller can create millions of keys of one kind, and these must not
// displace keys of another kind: addresses must not displace accounts, nor the count of the network that they belong to.
import type { Log } from "../../runtime/log.ts";
import { createCountStore, type CountStore, type StoreStatistics } from "./count-store.ts";
import type { CountedBy } from "../limiter/limits.ts";

const kinds = ["addresses", "networks56", "networks48", "pairs", "accounts", "shared"] as const;
export type StoreKind = (typeof kinds)[number];

/**
 * Powers of two, 9 MB in all. Rows of eight entries fill unevenly, so the sizes are twice the expected number of live keys.
 */
const MOST_ENTRIES: Readonly<Record<StoreKind, number>> = {
  addresses: 131_072,
  networks56: 65_536,
  networks48: 65_536,
  pairs: 131_072,
  accounts: 131_072,
  shared: 16_384,
};

const KIND_OF: Readonly<Record<CountedBy, StoreKind>> = {
  address: "addresses",
  network56: "networks56",
  network48: "networks48",
  knownInNetwork48: "networks48",
  accountAtAddress: "pairs",
  accountFromStrangers: "accounts",
  accountWhereKnown: "accounts",
  account: "accounts",
  target: "accounts",
  workspace: "shared",
  strangers: "shared",
  known: "shared",
  everyone: "shared",
};

export interface CountStores {
  /** The store for the counts of a rule. */
  of(by: CountedBy): CountStore;
  statistics(): Readonly<Record<StoreKind, StoreStatistics>>;
}

const LOGGED_EVERY_MS = 60_000;

export function createCountStores(
  log: Pick<Log, "warn">,
  now: () => number = () => performance.now(),
): CountStores {
  const create = (kind: StoreKind): CountStore => {
    const loggedAt = { ms: Number.NEGATIVE_INFINITY };
    const onEvicted = () => {
      if (now() - loggedAt.ms < LOGGED_EVERY_MS) return;
      loggedAt.ms = now();
      log.warn(
        { kind, ...store.statistics() },
        "the limiter's memory is full: old counts make room for new ones",
      );
    };
    const store = createCountStore({ mostEntries: MOST_ENTRIES[kind], onEvicted, now });
    return store;
  };
  const stores: Readonly<Record<StoreKind, CountStore>> = {
    addresses: create("addresses"),
    networks56: create("networks56"),
    networks48: create("networks48"),
    pairs: create("pairs"),
    accounts: create("accounts"),
    shared: create("shared"),
  };
  return {
    of: (by) => stores[KIND_OF[by]],
    statistics: () => ({
      addresses: stores.addresses.statistics(),
      networks56: stores.networks56.statistics(),
      networks48: stores.networks48.statistics(),
      pairs: stores.pairs.statistics(),
      accounts: stores.accounts.statistics(),
      shared: stores.shared.statistics(),
    }),
  };
}
