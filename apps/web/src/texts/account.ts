import type { MailProblem, MailStatus, SessionMode } from "@projostack/sdk";

/** Texts of the account page. */
export const accountTexts = {
  title: "Account",
  email: {
    title: "Email address",
    verified: "Verified",
    unverified: "Not verified",
    verifiedAt: "Verified on",
    why: "Until your address is verified, you cannot send invites.",
    resend: "Send the mail again",
    resent: "We sent another email. Earlier links no longer work.",
    mail: {
      waiting: "The mail with the link waits for the mail server.",
      sent: "The mail with the link was sent.",
      refused: "The mail with the link could not be delivered.",
    } satisfies Record<MailStatus, string>,
    problems: {
      recipient_rejected: "The mail server rejects the address.",
      message_rejected: "The mail server rejects the mail.",
      not_accepted: "The mail server did not accept the mail yet.",
      link_expired: "The link expired before the mail was sent.",
    } satisfies Record<MailProblem, string>,
  },
  password: {
    title: "Password",
    description: "A new password ends your other sessions. This session continues.",
    current: "Current password",
    next: "New password",
    hint: "A long password is a good one, for example a sentence of several words.",
    submit: "Change the password",
    changed: "Your password is changed. Your other sessions have ended.",
  },
  sessions: {
    title: "Sessions and devices",
    description: "Each sign-in is a session. End those that you do not know, and change your password.",
    current: "This device",
    signedIn: "Signed in",
    lastUsed: "Last used",
    unknownDevice: "Unknown device",
    modes: {
      bearer: "Held by the program",
      cookie: "Held in a cookie",
    } satisfies Record<SessionMode, string>,
    end: "End",
    endLabel: (device: string): string => `End the session of ${device}`,
    endTitle: "End this session?",
    endText: (device: string): string => `${device} is signed out with its next call.`,
    endAction: "End the session",
    ended: "The session has ended.",
    endAll: "End all sessions",
    endAllTitle: "End all sessions?",
    endAllText: "All your devices are signed out, also this one. Service keys keep working.",
    endAllAction: "End all sessions",
    empty: "There are no sessions.",
  },
} as const;
