// Limits the rate of attempts. An attempt is counted before any work is done for it, so no password is hashed and no row is
// read for a refused attempt.
import type { Log } from "../../runtime/log.ts";
import { createKnownAddresses, type Pair } from "./known-addresses.ts";
import type { StoreStatistics } from "../counting/count-store.ts";
import { createCountStores } from "../counting/count-stores.ts";
import { countAttempt, type CountedRule } from "../counting/count-attempt.ts";
import { openRedisAccess, type Count, type RedisAccess } from "../counting/counters.ts";
import { recordsKnownAddress, KNOWN_SECONDS, type CountedBy, type Limits } from "./limits.ts";
import { createMailboxLimits, type MailboxLimits } from "./mailbox-limits.ts";
import { networksOf } from "./network-of.ts";
import type { SharedRedis } from "../counting/open-redis.ts";

/** An attempt to call an operation. */
export interface Attempt {
  readonly operation: string;
  /** The workspace of an authorized caller; null before authorization. It is never an unverified header. */
  readonly workspaceId: string | null;
  readonly address: string | null;
  /** The email in lower case, or null when none is named. */
  readonly account: string | null;
  /** The target of the attempt, such as the invited address. */
  readonly target: string | null;
}

/** A rule as the response headers report it. */
export interface Quota {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

export interface Decision {
  /** The seconds to wait, or null when the attempt is granted. */
  readonly retryAfterSeconds: number | null;
  /** The rule that refused, or, for a granted attempt, the rules that count the caller's own attempts only. */
  readonly quotas: readonly Quota[];
  /**
   * Whether the account signed in from this address recently. It is determined only for operations whose rules depend on
   * it.
   */
  readonly isKnown: boolean;
}

export interface Limiter {
  /** The Redis that holds the counts, for other counters; null when the limiter counts in this process only. */
  readonly shared: SharedRedis | null;
  /** Whether the operation has rules. */
  isLimited(operation: string): boolean;
  decide(attempt: Attempt): Promise<Decision>;
  /** Called after a successful attempt. For some operations it makes the caller's address known for the account. */
  succeeded(attempt: Attempt): Promise<void>;
  /** The limits of mail to one mailbox. */
  readonly mailboxes: MailboxLimits;
  /** The entries in the memory of this process, by kind. */
  statistics(): Readonly<Record<string, StoreStatistics>>;
  close(): void;
}

export interface LimiterOptions {
  readonly limits: Limits;
  /** The factor by which the points of every rule are multiplied. */
  readonly factor: number;
  /** Null to count in this process only. */
  readonly shared: SharedRedis | null;
  /** Encodes an account for the keys, so that Redis contains no email addresses. */
  readonly codeOf: (account: string) => string;
  /** Receives a warning when the memory is full. */
  readonly log: Pick<Log, "warn">;
}

/** A rule with the points that this server grants. */
interface ServerRule extends Omit<CountedRule, "key"> {
  readonly by: CountedBy;
}

/** The rules that count the caller's own attempts only. Other rules would reveal the activity of other callers. */
const OWN_RULES: ReadonlySet<CountedBy> = new Set(["address", "accountAtAddress", "target"]);

/** The rules that do not apply to known pairs, and the rules that apply to known pairs only. */
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
      rules.map(({ by, points, seconds }): ServerRule => ({
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

  const keysOf = ({ account, address, target }: Attempt) => {
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

  const isKnown = async (
    rules: readonly ServerRule[],
    pair: Pair | null,
    redisAccess: RedisAccess,
  ): Promise<boolean> =>
    pair !== null &&
    rules.some(({ by }) => FOR_STRANGERS.has(by) || FOR_KNOWN.has(by)) &&
    known.has(pair, redisAccess);

  const decide = async (
    attempt: Attempt,
    rules: readonly ServerRule[],
    redisAccess: RedisAccess,
  ): Promise<Decision> => {
    const { pair, keys } = keysOf(attempt);
    const isKnownPair = await isKnown(rules, pair, redisAccess);
    const excluded = isKnownPair ? FOR_STRANGERS : FOR_KNOWN;
    const countedRules = rules.flatMap((rule) => {
      const key = keys[rule.by];
      // Without a key the rule does not apply. For example, an input without an account is rejected by its schema later.
      if (key === null || excluded.has(rule.by)) return [];
      return [{ ...rule, key: `${attempt.workspaceId ?? "-"}:${key}` }];
    });
    const { refusing, counts } = await countAttempt(countedRules, { shared, redisAccess });
    const quotas = countedRules.map((rule, at) => ({ by: rule.by, ...quotaOf(rule, counts[at]) }));
    const refused = refusing === null ? undefined : quotas[refusing];
    if (refused !== undefined) {
      const { by: _, ...quota } = refused;
      return { retryAfterSeconds: quota.resetSeconds, quotas: [quota], isKnown: isKnownPair };
    }
    const own = quotas.filter(({ by }) => OWN_RULES.has(by)).map(({ by: _, ...quota }) => quota);
    return { retryAfterSeconds: null, quotas: own, isKnown: isKnownPair };
  };

  return {
    shared,
    isLimited: (operation) => rulesOf.has(operation),
    decide: async (attempt) => {
      const rules = rulesOf.get(attempt.operation);
      if (!rules) return UNLIMITED;
      const redisAccess = openRedisAccess(shared);
      try {
        return await decide(attempt, rules, redisAccess);
      } finally {
        redisAccess.end();
      }
    },
    succeeded: async (attempt) => {
      if (!recordsKnownAddress.has(attempt.operation)) return;
      const { pair } = keysOf(attempt);
      if (pair === null) return;
      const redisAccess = openRedisAccess(shared);
      await known.add(pair, redisAccess).finally(() => redisAccess.end());
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
  { name, points, seconds }: Pick<CountedRule, "name" | "points" | "seconds">,
  { remaining, resetSeconds }: Count = { isOver: false, remaining: points, resetSeconds: seconds },
): Quota => ({ name, points, seconds, remaining, resetSeconds });
