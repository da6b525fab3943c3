// Limits what may be tried how often. It counts first and knows nothing of what the try is for: no password is
// hashed and no row is read for one too many.
import type { Log } from "../../runtime/log.ts";
import { createKnownAddresses, type Pair } from "./known-addresses.ts";
import type { StoreStatistics } from "../counting/count-store.ts";
import { createCountStores } from "../counting/count-stores.ts";
import { countTogether, type Tally } from "../counting/count-attempt.ts";
import { startTurn, type Count, type Turn } from "../counting/counters.ts";
import { recordsKnownAddress, KNOWN_SECONDS, type CountedBy, type Limits } from "./limits.ts";
import { createMailboxLimits, type MailboxLimits } from "./mailbox-limits.ts";
import { networksOf } from "./network-of.ts";
import type { SharedRedis } from "../counting/open-redis.ts";

/** A try: of what, and by whom. */
export interface Attempt {
  readonly operation: string;
  /** The workspace in which it is tried, once it is known that the caller may. Never what a caller only says. */
  readonly workspaceId: string | null;
  readonly address: string | null;
  /** The email in lower case, or null when none is named. */
  readonly account: string | null;
  /** Whom or what the try is about, such as the address that is invited. */
  readonly target: string | null;
}

/** A rule as the answer's headers tell of it. */
export interface Quota {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

export interface Decision {
  /** How long to wait, or null when the try is granted. */
  readonly retryAfterSeconds: number | null;
  /** The rule that refused; or, when none did, those that count for the caller alone. */
  readonly quotas: readonly Quota[];
  /** Whether the account has signed in at this address lately. Told for operations whose rules depend on it. */
  readonly isKnown: boolean;
}

export interface Limiter {
  /** The Redis in which it counts, for others that count there; null where it counts in this process alone. */
  readonly shared: SharedRedis | null;
  /** Whether an operation's tries are counted at all. */
  isLimited(operation: string): boolean;
  decide(attempt: Attempt): Promise<Decision>;
  /** To be called after a try that succeeded: it may make the caller's address known to the account. */
  succeeded(attempt: Attempt): Promise<void>;
  /** How much mail one mailbox may be sent. */
  readonly mailboxes: MailboxLimits;
  /** The entries in this process's memory, by kind. */
  statistics(): Readonly<Record<string, StoreStatistics>>;
  close(): void;
}

export interface LimiterOptions {
  readonly limits: Limits;
  /** Every rule grants this many times what the table says. */
  readonly factor: number;
  /** Null to count in this process alone. */
  readonly shared: SharedRedis | null;
  /** Stands for an account in the keys, so that who reads Redis reads no emails. */
  readonly codeOf: (account: string) => string;
  /** Is told when the memory is full. */
  readonly log: Pick<Log, "warn">;
}

/** A rule as this server grants it. */
interface Granted extends Omit<Tally, "key"> {
  readonly by: CountedBy;
}

/** These tell a caller of their own tries only; what others do is none of their business. */
const ONES_OWN: ReadonlySet<CountedBy> = new Set(["address", "accountAtAddress", "target"]);

/** Rules that spare known pairs, and rules for known pairs alone. */
const FOR_STRANGERS: ReadonlySet<CountedBy> = new Set([
  "network56",
  "network48",
  "accountFromStrangers",
  "strangers",
]);
const FOR_KNOWN: ReadonlySet<CountedBy> = new Set(["knownInNetwork48", "accountWhereKnown", "known"]);

export function createLimiter({ limits, factor, shared, codeOf, log }: LimiterOptions): Limiter {
  const stores = createCountStores(log);
  const rulesOf = new Map(
    Object.entries(limits).map(([operation, rules]) => [
      operation,
      rules.map(({ by, points, seconds }): Granted => ({
        by,
        name: `${operation}:${by}`,
        points: Math.max(1, Math.round(points * factor)),
        seconds,
        store: stores.of(by),
      })),
    ]),
  );
  const known = createKnownAddresses({ seconds: KNOWN_SECONDS, shared });
  const mailboxes = createMailboxLimits({ factor, shared, codeOf });

  const whoOf = ({ account, address, target }: Attempt) => {
    const code = account === null ? null : codeOf(account);
    const networks = networksOf(address ?? "");
    const pair: Pair | null = code === null ? null : { account: code, network: networks.address };
    const keys: Readonly<Record<CountedBy, string | null>> = {
      ...networks,
      knownInNetwork48: networks.network48,
      account: code,
      accountFromStrangers: code,
      accountWhereKnown: code,
      accountAtAddress: pair && `${pair.account}@${pair.network}`,
      workspace: "-",
      target: target === null ? null : codeOf(target),
      strangers: "-",
      known: "-",
      everyone: "-",
    };
    return { pair, keys };
  };

  const isKnown = async (rules: readonly Granted[], pair: Pair | null, turn: Turn): Promise<boolean> =>
    pair !== null &&
    rules.some(({ by }) => FOR_STRANGERS.has(by) || FOR_KNOWN.has(by)) &&
    known.has(pair, turn);

  const decide = async (attempt: Attempt, rules: readonly Granted[], turn: Turn): Promise<Decision> => {
    const { pair, keys } = whoOf(attempt);
    const isKnownPair = await isKnown(rules, pair, turn);
    const spared = isKnownPair ? FOR_STRANGERS : FOR_KNOWN;
    const tallies = rules.flatMap((rule) => {
      const key = keys[rule.by];
      // An input that names no account is refused by its schema, and has none to be tried.
      if (key === null || spared.has(rule.by)) return [];
      return [{ ...rule, key: `${attempt.workspaceId ?? "-"}:${key}` }];
    });
    const { refusing, counts } = await countTogether(tallies, { shared, turn });
    const quotas = tallies.map((tally, at) => ({ by: tally.by, ...quotaOf(tally, counts[at]) }));
    const refused = refusing === null ? undefined : quotas[refusing];
    if (refused !== undefined) {
      const { by: _, ...quota } = refused;
      return { retryAfterSeconds: quota.resetSeconds, quotas: [quota], isKnown: isKnownPair };
    }
    const own = quotas.filter(({ by }) => ONES_OWN.has(by)).map(({ by: _, ...quota }) => quota);
    return { retryAfterSeconds: null, quotas: own, isKnown: isKnownPair };
  };

  return {
    shared,
    isLimited: (operation) => rulesOf.has(operation),
    decide: async (attempt) => {
      const rules = rulesOf.get(attempt.operation);
      if (!rules) return UNLIMITED;
      const turn = startTurn(shared);
      try {
        return await decide(attempt, rules, turn);
      } finally {
        turn.end();
      }
    },
    succeeded: async (attempt) => {
      if (!recordsKnownAddress.has(attempt.operation)) return;
      const { pair } = whoOf(attempt);
      if (pair === null) return;
      const turn = startTurn(shared);
      await known.add(pair, turn).finally(() => turn.end());
    },
    mailboxes,
    statistics: () => ({
      ...stores.statistics(),
      known: known.statistics(),
      mailboxes: mailboxes.statistics(),
    }),
    close: () => shared?.close(),
  };
}

const UNLIMITED: Decision = { retryAfterSeconds: null, quotas: [], isKnown: false };

const quotaOf = (
  { name, points, seconds }: Pick<Tally, "name" | "points" | "seconds">,
  { remaining, resetSeconds }: Count = { isOver: false, remaining: points, resetSeconds: seconds },
): Quota => ({ name, points, seconds, remaining, resetSeconds });
