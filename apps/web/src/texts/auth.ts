const password = {
  label: "Password",
  newLabel: "New password",
  hint: "A long password is a good one, for example a sentence of several words.",
} as const;

/** Texts of the pages without a session. */
export const authTexts = {
  email: "Email address",
  password,
  signIn: {
    title: "Sign in",
    description: "Welcome back.",
    submit: "Sign in",
    forgot: "Forgot your password?",
    noAccount: "No account yet?",
    signUp: "Create an account",
    notices: {
      ended: "Your session has ended. Sign in again to continue.",
      reused:
        "Your session was ended, because someone used a copy of it. If that was not you, change your password after you sign in.",
      "signed-out": "You are signed out.",
      "signed-out-elsewhere": "You signed out in another tab.",
      "password-reset":
        "Your password is changed, and all sessions have ended. Sign in with the new password.",
    },
  },
  signUp: {
    title: "Create an account",
    description: "We mail you a link that verifies your address.",
    submit: "Create the account",
    hasAccount: "Already have an account?",
    signIn: "Sign in",
  },
  verify: {
    title: "Verify your email address",
    description: "Confirm that this mailbox is yours.",
    submit: "Verify the address",
    done: "Your email address is verified.",
    noToken: "Open the link in the mail that we sent you. If you reloaded this page, open the link again.",
    signInToResend: "Sign in to request another mail.",
    continue: "Continue",
    signIn: "Sign in",
    resend: "Send another mail",
    resent: "We sent another email. Earlier links no longer work.",
    alreadyVerified: "Your email address is already verified.",
  },
  forgot: {
    title: "Forgot your password?",
    description: "Enter your email address. We mail you a link to set a new password.",
    submit: "Send the link",
    sentTitle: "Check your mail",
    sent: (email: string): string =>
      `If ${email} has an account, we sent an email with a link to it. The link works once, within one hour.`,
    nothingArrived: "Nothing arrived? Look into the spam folder, or try again with another address.",
    again: "Use another address",
    back: "Back to sign-in",
  },
  reset: {
    title: "Set a new password",
    description: "All sessions of your account end. Sign in with the new password afterwards.",
    submit: "Set the password",
    noToken: "Open the link in the mail that we sent you. If you reloaded this page, open the link again.",
    request: "Request a new link",
  },
  invite: {
    title: "Accept an invite",
    titleOf: (workspace: string): string => `Join ${workspace}`,
    workspace: "Workspace",
    role: "Your role",
    inviter: "Invited by",
    address: "Invited address",
    expires: "Valid until",
    accept: "Accept the invite",
    decline: "Decline",
    accepted: (workspace: string): string => `You joined ${workspace}.`,
    newPerson: (email: string): string =>
      `To join, sign in as ${email}, or create an account with this address.`,
    signUp: "Create an account",
    signIn: "Sign in",
    wrongAccount: (signedIn: string, invited: string): string =>
      `You are signed in as ${signedIn}, and the invite is for ${invited}. Sign out, then continue with the invited address.`,
    switchAccount: "Sign out and switch",
    noToken:
      "Open the link in the mail, or the link that the inviter gave you. If you reloaded this page, open the link again.",
    invalidTitle: "This invite cannot be used",
    invalid: "The invite has expired, was used, was revoked, or was replaced by a newer mail.",
    invalidNext: "Open the link of the newest mail, or ask the person who invited you for a new invite.",
    unverified:
      "Your email address is not verified yet. The link in the mail of the invite verifies it. If you used another link, verify your address first.",
    verify: "Verify your address",
    workspaces: "Go to your workspaces",
  },
} as const;
