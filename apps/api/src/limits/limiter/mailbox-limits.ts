// How much mail one mailbox is sent that it did not ask for, whoever has it sent and from whichever workspace. Each kind is
// counted for itself, so that no kind of mail can keep another away.
import { createCountStore, type StoreStatistics } from "../counting/count-store.ts";
import { createCounter, startTurn, type Counter } from "../counting/counters.ts";
import { mailboxOf } from "./mailbox-of.ts";
import type { SharedRedis } from "../counting/open-redis.ts";

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

export const mailboxLimits = {
  /** Invites, first and repeated, of all workspaces together. */
  invite: { points: 8, seconds: DAY },
  /** Mails to accounts whose address nobody has verified: verifications, and links for a new password. */
  unverified: { points: 10, seconds: DAY },
  /** Links for a new password of one verified account. A link works for an hour, so the mailbox always has one. */
  reset: { points: 2, seconds: HOUR },
} as const;

export type MailKind = keyof typeof mailboxLimits;

export interface MailboxLimits {
  /** Counts a mail before it is sent. @returns how many seconds to wait if it is one too many, else null */
  take(kind: MailKind, email: string): Promise<number | null>;
  statistics(): StoreStatistics;
}

export interface MailboxLimitsOptions {
  readonly factor: number;
  readonly shared: SharedRedis | null;
  /** Stands for a mailbox in the keys. */
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
      // A verified account is counted as itself: accounts with other tags must not use up what it is granted.
      const mailbox = kind === "reset" ? email : mailboxOf(email);
      const turn = startTurn(shared);
      try {
        const { isOver, resetSeconds } = await counters[kind](codeOf(mailbox), turn);
        return isOver ? resetSeconds : null;
      } finally {
        turn.end();
      }
    },
    statistics: () => store.statistics(),
  };
}
