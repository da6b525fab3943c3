// Limits what may be tried how often. It counts first and knows nothing of what the try is for: no password is
// hashed and no row is read for one too many.
import { createAcquaintances, createCounter, startTurn, type Count, type Counter } from "./counters.ts";
import { acquainting, KNOWN_SECONDS, type By, type Limits, type Rule } from "./limits.ts";
import { networkOf } from "./network-of.ts";
import type { SharedRedis } from "./open-redis.ts";

/** A try: of what, and by whom. */
export interface Try {
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
}

export interface Limiter {
  /** The Redis in which it counts, for others that count there; null where it counts in this process alone. */
  readonly shared: SharedRedis | null;
  /** Whether an operation's tries are counted at all. */
  isLimited(operation: string): boolean;
  decide(attempt: Try): Promise<Decision>;
  /** To be told of a try that succeeded: it may make the caller's address known to the account. */
  succeeded(attempt: Try): Promise<void>;
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
}

interface Counted {
  readonly rule: Rule;
  readonly name: string;
  readonly count: Counter;
}

/** These tell a caller of their own tries only; what others do is none of their business. */
const ONES_OWN: ReadonlySet<By> = new Set(["address", "accountAtAddress", "target"]);

export function createLimiter({ limits, factor, shared, codeOf }: LimiterOptions): Limiter {
  const rulesOf = new Map(
    Object.entries(limits).map(([operation, rules]) => [
      operation,
      rules.map((row): Counted => {
        const name = `${operation}:${row.by}`;
        const rule = { ...row, points: Math.max(1, Math.round(row.points * factor)) };
        return { rule, name, count: createCounter({ name, ...rule }, shared) };
      }),
    ]),
  );
  const known = createAcquaintances(KNOWN_SECONDS, shared);
  const whoOf = ({ account, address, target }: Try) => {
    const code = account === null ? null : codeOf(account);
    const network = networkOf(address ?? "");
    const pair = code === null ? null : `${code}@${network}`;
    return {
      address: network,
      account: code,
      accountFromStrangers: code,
      accountAtAddress: pair,
      workspace: "-",
      target: target === null ? null : codeOf(target),
      everyone: "-",
    };
  };

  return {
    shared,
    isLimited: (operation) => rulesOf.has(operation),
    decide: async (attempt) => {
      const rules = rulesOf.get(attempt.operation);
      if (!rules) return UNLIMITED;
      const turn = startTurn(shared);
      try {
        const who = whoOf(attempt);
        const own: Quota[] = [];
        for (const { rule, name, count } of rules) {
          const whose = who[rule.by];
          // What names no account is refused by its schema, and has none to be tried.
          if (whose === null) continue;
          const isFriend =
            rule.by === "accountFromStrangers" &&
            who.accountAtAddress !== null &&
            (await known.has(who.accountAtAddress, turn));
          if (isFriend) continue;
          const counted = await count(`${attempt.workspaceId ?? "-"}:${whose}`, turn);
          const quota = quotaOf(name, rule, counted);
          if (counted.isOver) return { retryAfterSeconds: counted.resetSeconds, quotas: [quota] };
          if (ONES_OWN.has(rule.by)) own.push(quota);
        }
        return { retryAfterSeconds: null, quotas: own };
      } finally {
        turn.end();
      }
    },
    succeeded: async (attempt) => {
      if (!acquainting.has(attempt.operation)) return;
      const { accountAtAddress } = whoOf(attempt);
      if (accountAtAddress === null) return;
      const turn = startTurn(shared);
      await known.add(accountAtAddress, turn).finally(() => turn.end());
    },
    close: () => shared?.close(),
  };
}

const UNLIMITED: Decision = { retryAfterSeconds: null, quotas: [] };

function quotaOf(name: string, { points, seconds }: Rule, { remaining, resetSeconds }: Count): Quota {
  return { name, points, seconds, remaining, resetSeconds };
}
