// The texts of mails. A template consists of plain sentences; mail-bodies.ts builds the text and the escaped HTML from
// them. Text that other users chose, such as the name of a workspace, is inserted with `quoteName` only.
import type { Purpose } from "@projostack/db";
import { z } from "zod";
import { isAddress } from "./mailbox.ts";
import { quoteName, quoteNameInSubject } from "./quote-name.ts";

export interface MailText {
  readonly subject: string;
  /** States the subject of the mail and what to do with the link. */
  readonly opening: string;
  readonly action: MailAction | null;
  readonly closing: string;
}

/** The action for which a mail contains a token. */
export interface MailAction {
  /** The path of the link below the application's URL. */
  readonly path: string;
  readonly label: string;
  /** The command that does the same in a terminal. */
  readonly command: string;
}

/** Mails about an account. @param host the host name of the application, such as app.example.com */
export const accountMails: Readonly<Record<Purpose, (host: string) => MailText>> = {
  "email.verify": (host) => ({
    subject: "Verify your email address",
    opening: `An account at ${host} was created with this email address. To confirm that the address is yours, open this link.`,
    action: { path: "/verify-email", label: "Verify the address", command: "projo email verify" },
    closing:
      "If you did not create an account, you can ignore this mail. Without the link the address stays unverified.",
  }),
  "password.reset": (host) => ({
    subject: "Set a new password",
    opening: `We received a request to set a new password for your account at ${host}. To set one, open this link.`,
    action: { path: "/reset-password", label: "Set a new password", command: "projo password reset" },
    closing:
      "A new password ends every session of the account. If you did not make this request, you can ignore this mail. Your password is unchanged.",
  }),
};

export const inviteFacts = z.object({
  workspaceName: z.string(),
  role: z.string(),
  /** The email address of a person, or the name of a service key. */
  inviter: z.string(),
  isService: z.boolean(),
});

/** The mail that invites someone to a workspace. */
export function inviteMail(facts: z.infer<typeof inviteFacts>, host: string): MailText {
  const workspace = quoteName(facts.workspaceName);
  const inviter = facts.isService ? `the service ${quoteName(facts.inviter)}` : displayAddress(facts.inviter);
  return {
    subject: `You are invited to ${quoteNameInSubject(facts.workspaceName)}`,
    opening: `You are invited to the workspace ${workspace} at ${host}, as ${withArticle(facts.role)}, by ${inviter}. To join, open this link and sign in with this email address, or create an account with it.`,
    action: { path: "/accept-invite", label: "See the invite", command: "projo invites accept" },
    closing:
      "The link proves that this mailbox is yours, so do not share it. If you do not expect this invite, you can ignore this mail. You join only if you accept the invite.",
  };
}

export const creatorLeftFacts = z.object({
  workspaceName: z.string(),
  email: z.string(),
  keyNames: z.array(z.string()),
});

/** The most key names in a mail. The workspace lists all keys. */
const MAX_NAMES = 10;

/** The mail that informs an admin about service keys whose creator has left the workspace. */
export function creatorLeftMail(facts: z.infer<typeof creatorLeftFacts>, host: string): MailText {
  const { keyNames: names } = facts;
  const quoted = names.slice(0, MAX_NAMES).map((name) => quoteName(name));
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
  const workspace = quoteName(facts.workspaceName);
  return {
    subject: `Service keys without their creator in ${quoteNameInSubject(facts.workspaceName)}`,
    opening: `${displayAddress(facts.email)} is no longer a member of the workspace ${workspace} at ${host}. The service keys that they created belong to the workspace and still work: ${quoted.join(", ")}${more}.`,
    action: null,
    closing:
      "If they may have kept a copy of a key, rotate it without an overlap (projo keys rotate). Revoke the keys that nobody needs (projo keys revoke).",
  };
}

export const withArticle = (role: string): string => (/^[aeiou]/.test(role) ? `an ${role}` : `a ${role}`);

/**
 * Formats the address of a member. It was validated at sign-up and is inserted unchanged, unless the part before the at
 * sign could be taken for a URL. Any other text is quoted.
 */
const displayAddress = (text: string): string =>
  isAddress(text) && !/^www\.|[/:?#&=%].*@/i.test(text) ? text : quoteName(text);
