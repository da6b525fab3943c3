import type { InviteStatus, MailProblem, MailStatus } from "@projostack/sdk";

/** Texts of the page of invites. */
export const invitesTexts = {
  description: "Invite people by their email address. An invite is valid for 72 hours.",
  unverified: "Verify your email address to send invites.",
  toAccount: "Go to your account",
  controls: "Select invites",
  status: "Status",
  allStatuses: "All invites",
  statuses: {
    pending: "Pending",
    accepted: "Accepted",
    declined: "Declined",
    revoked: "Revoked",
    expired: "Expired",
  } satisfies Record<InviteStatus, string>,
  empty: "There are no invites",
  emptyText: "Invite people to work with them in this workspace.",
  noMatch: "No invite has this status",
  invitedAt: "Invited on",
  validUntil: "valid until",
  expiredAt: "expired on",
  mail: {
    waiting: "The mail waits for the mail server.",
    sent: "The mail was sent.",
    refused: "The mail could not be delivered.",
  } satisfies Record<MailStatus, string>,
  problems: {
    recipient_rejected: "The mail server rejects the address. Check it for a typing error.",
    message_rejected: "The mail server rejects the mail.",
    not_accepted: "The mail server did not accept the mail yet.",
    link_expired: "The link expired before the mail was sent.",
  } satisfies Record<MailProblem, string>,
  create: {
    open: "Invite a person",
    title: "Invite a person",
    email: "Email address",
    hint: "The person does not need an account yet.",
    action: "Send the invite",
  },
  sent: {
    title: "Invite sent",
    text: (email: string): string => `We sent an email with a link to ${email}.`,
    link: "Link to pass on",
    copyLink: "Copy the link to pass on",
    linkText:
      "You can also give this link to the person yourself. It is not shown again. It works with an account of the invited address only.",
    done: "Done",
  },
  resend: {
    open: "Send again",
    openLabel: (email: string): string => `Send again to ${email}`,
    title: "Send the invite again?",
    text: (email: string): string =>
      `${email} gets a mail with a new link, valid for 72 hours. Earlier links of this invite stop working.`,
    action: "Send the invite again",
  },
  revoke: {
    open: "Revoke",
    openLabel: (email: string): string => `Revoke the invite of ${email}`,
    title: "Revoke this invite?",
    text: (email: string): string =>
      `The links of the invite of ${email} stop working at once. The person is not told.`,
    action: "Revoke the invite",
    done: (email: string): string => `The invite of ${email} is revoked.`,
  },
} as const;
