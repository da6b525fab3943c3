/** Texts for failures. The message of the server is used where this file has no text for its reason. */
export const errorTexts = {
  title: "Something went wrong",
  unexpected:
    "This page has a problem. Reload it. If the problem stays, report it to the operator of the server.",
  noConnection: "The server cannot be reached. Check your network, then try again.",
  timeout: "The server did not answer in time. Try again in a moment.",
  unexpectedAnswer: "The server did not answer this call. Try again in a moment.",
  noStorage:
    "Your browser does not let this site store data, so you cannot stay signed in. Allow cookies and site data, then try again.",
  mayHaveBeenCarriedOut:
    "The change may have been saved. Reload the page to see its result before you repeat it.",
  limit: (seconds: number | undefined): string =>
    seconds === undefined
      ? "That were too many attempts. Wait a moment, then try again."
      : `That were too many attempts. Try again in ${waitingTime(seconds)}.`,
  reasons: {
    "input.invalid": "Some fields are not valid. Correct them, then try again.",
    "auth.invalid_credentials": "The email address or the password is wrong.",
    "auth.email_taken": "An account with this email address already exists. Sign in instead.",
    "auth.email_unverified":
      "Your email address is not verified. Open the link in the mail that you got, or request another mail on the page of your account.",
    "token.invalid": "This link is invalid, used or expired. Request a new one.",
    "permission.denied": "Your role in this workspace does not allow this. Ask an admin of the workspace.",
    "workspace.not_found": "This workspace does not exist, or you are not a member of it.",
    "server.internal": "The server failed to answer. Report the request id to its operator.",
  },
  requestId: "Request id",
  copyRequestId: "Copy the request id",
  retry: "Try again",
  reload: "Reload the page",
} as const;

function waitingTime(seconds: number): string {
  if (seconds < 60) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}
