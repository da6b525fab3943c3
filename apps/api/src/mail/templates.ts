// What mails say. A letter is plain sentences; text and HTML are made of them in one place, where HTML is escaped.
// What other people wrote, such as a workspace's name, goes into a letter through `quoted` alone.
import type { Purpose } from "@projostack/db";
import { z } from "zod";
import { isAddress } from "./mailbox.ts";
import { quoteName, quoteNameInSubject } from "./quote-name.ts";

export interface MailText {
  readonly subject: string;
  /** Says what it is about, and what to do with the link if there is one. */
  readonly opening: string;
  readonly action: MailAction | null;
  readonly closing: string;
}

/** What to do with the token that a mail brings. */
export interface MailAction {
  /** Where the link leads, below the application's address. */
  readonly path: string;
  readonly label: string;
  /** For those who work at a terminal. */
  readonly command: string;
}

/** Mails about an account. @param host the application's, such as app.example.com */
export const accountMails: Readonly<Record<Purpose, (host: string) => MailText>> = {
  "email.verify": (host) => ({
    subject: "Verify your email address",
    opening: `An account at ${host} was made with this email address. To show that the address is yours, follow this link.`,
    action: { path: "/verify-email", label: "Verify the address", command: "projo email verify" },
    closing:
      "If you made no account, you can ignore this mail: without the link the address stays unverified.",
  }),
  "password.reset": (host) => ({
    subject: "Set a new password",
    opening: `Somebody asked to set a new password for your account at ${host}. To set one, follow this link.`,
    action: { path: "/reset-password", label: "Set a new password", command: "projo password reset" },
    closing:
      "A new password ends every session of the account. If you did not ask, you can ignore this mail: your password stays as it is.",
  }),
};

export const inviteFacts = z.object({
  workspaceName: z.string(),
  role: z.string(),
  /** A person's address, or a service's name. */
  inviter: z.string(),
  isService: z.boolean(),
});

/** The mail that invites. */
export function inviteMail(facts: z.infer<typeof inviteFacts>, host: string): MailText {
  const workspace = quoteName(facts.workspaceName);
  const inviter = facts.isService ? `the service ${quoteName(facts.inviter)}` : address(facts.inviter);
  return {
    subject: `You are invited to ${quoteNameInSubject(facts.workspaceName)}`,
    opening: `You are invited to the workspace ${workspace} at ${host}, as ${article(facts.role)}, by ${inviter}. To join, follow this link, and sign in with this email address or make an account with it.`,
    action: { path: "/invite", label: "See the invite", command: "projo invites accept" },
    closing:
      "The link shows that this mailbox is yours: do not pass it on. If you do not know what this is about, you can ignore this mail: nobody joins without it.",
  };
}

export const creatorLeftFacts = z.object({
  workspaceName: z.string(),
  email: z.string(),
  keyNames: z.array(z.string()),
});

/** So many names tell what it is about; the rest is at hand in the workspace. */
const MOST_NAMES = 10;

/** Tells an admin of service keys whose maker is no longer there. */
export function creatorLeftMail(facts: z.infer<typeof creatorLeftFacts>, host: string): MailText {
  const { keyNames: names } = facts;
  const shown = names.slice(0, MOST_NAMES).map((name) => quoteName(name));
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  const workspace = quoteName(facts.workspaceName);
  return {
    subject: `Service keys without their maker in ${quoteNameInSubject(facts.workspaceName)}`,
    opening: `${address(facts.email)} is no longer a member of the workspace ${workspace} at ${host}. The service keys that they made belong to the workspace and still work: ${shown.join(", ")}${more}.`,
    action: null,
    closing:
      "If they may have kept a copy of a key, rotate it without an overlap (projo keys rotate); revoke what nobody needs (projo keys revoke).",
  };
}

const article = (role: string): string => (/^[aeiou]/.test(role) ? `an ${role}` : `a ${role}`);

/**
 * A member's address was read as one when they signed up, and stands as it is unless the part before the at sign could be taken
 * for the address of a page. Anything else is quoted.
 */
const address = (text: string): string =>
  isAddress(text) && !/^www\.|[/:?#&=%].*@/i.test(text) ? text : quoteName(text);
