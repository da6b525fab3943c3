// Limits unsolicited mail to one mailbox, for all senders and workspaces together. Each kind of mail is counted separately,
// so that one kind cannot block another.
import { createCountStore, type StoreStatistics } from "../counting/count-store.ts";
import { createCounter, openRedisAccess, type Counter } from "../counting/counters.ts";
import { mailboxOf } from "./mailbox-of.ts";
import type { SharedRedis } from "../counting/open-redis.ts";

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

export const mailboxLimits = {
  /** Invites, including resent ones, from all workspaces together. */
  invite: { points: 8, seconds: DAY },
  /** Mails to accounts with an unverified address: verification links and links to set a new password. */
  unverified: { points: 10, seconds: DAY },
  /**
   * Links to set a new password of one verified account. A link works for an hour, so the mailbox always has a valid one.
   */
  reset: { points: 2, seconds: HOUR },
} as const;

export type MailKind = keyof typeof mailboxLimits;

export interface MailboxLimits {
  /** Counts a mail before it is sent. @returns the seconds to wait when the limit is exceeded, otherwise null */
  take(kind: MailKind, email: string): Promise<number | null>;
  statistics(): StoreStatistics;
}

export interface MailboxLimitsOptions {
  readonly factor: number;
  readonly shared: SharedRedis | null;
  /** Encodes a mailbox for the keys. */
  readonly codeOf: (mailbox: string) => string;
}

const MOST_ENTRIES = 65_536;

export function createMailboxLimits({ factor, shared, codeOf }: MailboxLimitsOptions): MailboxLimits {
  const store = createCountStore({ mostEntries: MOST_ENTRIES });
  const counterOf = (kind: MailKind): Counter => {
    const { points, seconds } = mailboxLimits[kind];
    const granted = Math.max(1, Math.round(points * factor));
    return createCounter({ name: `mail.${kind}`, points: granted, seconds, store }, shared);
  };
  const counters: Readonly<Record<MailKind, Counter>> = {
    invite: counterOf("invite"),
    unverified: counterOf("unverified"),
    reset: counterOf("reset"),
  };
  return {
    take: async (kind, email) => {
      // A verified account is counted by its exact address, so that accounts with other tags cannot use up its limit.
      const mailbox = kind === "reset" ? email : mailboxOf(email);
      const redisAccess = openRedisAccess(shared);
      try {
        const { isOver, resetSeconds } = await counters[kind](codeOf(mailbox), redisAccess);
        return isOver ? resetSeconds : null;
      } finally {
        redisAccess.end();
      }
    },
    statistics: () => store.statistics(),
  };
}
