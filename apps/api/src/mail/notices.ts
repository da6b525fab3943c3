// Notices about what was done to an account or a membership. A notice contains no link and no token, so that people do not
// learn to follow links in mails that nobody requested.
import { z } from "zod";
import { formatUtc } from "./format-utc.ts";
import { quoteName, quoteNameInSubject } from "./quote-name.ts";
import { withArticle, type MailText } from "./templates.ts";

export interface NoticeContext {
  /** The host name of the application. */
  readonly host: string;
  /** The number of changes that the notice reports. Its facts are those of the last one. */
  readonly changeCount: number;
}

type Notice = (facts: unknown, context: NoticeContext) => MailText;

/** The notices by their templates. `noticeNames` lists those that an operator can turn off. */
export const noticeMails: Readonly<Record<string, Notice>> = {
  "password.changed": (facts, { host, changeCount }) => ({
    subject: "Your password was changed",
    opening: `The password of your account at ${host} was changed${times(changeCount)}${callOf(passwordFacts.parse(facts))}. All other sessions of the account have ended.`,
    action: null,
    closing: `If you changed it, you need not do anything. ${INTRUDER}`,
  }),
  "password.was_reset": (facts, { host, changeCount }) => ({
    subject: "Your password was reset",
    opening: `A new password was set for your account at ${host}${times(changeCount)}, with a link from a mail to this address${callOf(passwordFacts.parse(facts))}. All sessions of the account have ended.`,
    action: null,
    closing: `If you set it, you need not do anything. ${INTRUDER} Somebody else may also be able to read your mail: change the password of this mailbox first.`,
  }),
  "member.removed": (facts, { host }) => {
    const { workspaceName, at } = memberFacts.parse(facts);
    return {
      subject: `You are no longer a member of ${quoteNameInSubject(workspaceName)}`,
      opening: `You were removed from the workspace ${quoteName(workspaceName)} at ${host} on ${formatUtc(at)}. You can no longer open it. Your account and your other workspaces are unchanged.`,
      action: null,
      closing: "If you do not expect this, ask an admin of the workspace.",
    };
  },
  "member.role_changed": (facts, { host, changeCount }) => {
    const { workspaceName, from, to, at } = roleFacts.parse(facts);
    const before = changeCount === 1 ? ` Before, you were ${withArticle(from)}.` : "";
    return {
      subject: `Your role in ${quoteNameInSubject(workspaceName)} was changed`,
      opening: `You are now ${withArticle(to)} of the workspace ${quoteName(workspaceName)} at ${host}. Your role was changed${times(changeCount)} on ${formatUtc(at)}.${before}`,
      action: null,
      closing: "If you do not expect this, ask an admin of the workspace.",
    };
  },
};

const INTRUDER =
  "If it was not you, set a new password at once: ask for a link to reset it on the sign-in page, or run `projo password reset-request` in a terminal. The new password ends every session of the account.";

const passwordFacts = z.object({ at: z.coerce.date(), ip: z.string().nullable() });

const memberFacts = z.object({ workspaceName: z.string(), at: z.coerce.date() });

const roleFacts = memberFacts.extend({ from: z.string(), to: z.string() });

/** Several changes in a short time share one notice. */
const times = (count: number): string => (count === 1 ? "" : ` ${count} times, the last time`);

const callOf = ({ at, ip }: z.infer<typeof passwordFacts>): string =>
  ` on ${formatUtc(at)}${ip === null ? "" : `, from the address ${ip}`}`;
