import { ProjoConnectionError, type ProjoError } from "@projostack/sdk";
import type { ExitCode } from "./cli-error.ts";
import { isLoopback } from "./server-url.ts";

export const exitCodeOf = ({ reason }: ProjoError): ExitCode =>
  reason === "auth.unauthenticated" || reason === "auth.token_reused" ? 4 : 1;

export interface Teller {
  /** True when a service key was sent, and not a person's token. */
  isServiceKey: boolean;
}

/** The failure in one line for a person, with the next command to type where there is one. */
export function explain(error: ProjoError, { isServiceKey }: Teller): string {
  if (error instanceof ProjoConnectionError) return explainUnreachable(error);
  if (error.reason === undefined) return error.message.replace("baseUrl", "the address (--url or PROJO_URL)");
  if (error.reason === "input.invalid" && error.fieldErrors) return fieldWords(error.fieldErrors);
  const ofKey = isServiceKey ? saidOfKeys[error.reason] : undefined;
  if (ofKey !== undefined) return ofKey;
  if (error.reason === "limit.exceeded") return limitWords(error);
  const message = replaced[error.reason] ?? error.message;
  const next = nextSteps[error.reason];
  const quote = error.reason.startsWith("server.") && error.requestId && `Request id: ${error.requestId}`;
  return [message, next, quote].filter(Boolean).join(" ");
}

/** What the server says to programs, said to a person. */
const replaced: Readonly<Record<string, string>> = {
  "auth.email_unverified": "Your email address is not verified yet, so you cannot invite others.",
  "auth.unauthenticated": "The sign-in is no longer valid.",
  "workspace.required": "No workspace chosen.",
};

/** The command that helps, by the server's reason. */
const nextSteps: Readonly<Record<string, string>> = {
  "auth.unauthenticated": "Run: projo login (or correct PROJO_TOKEN, if it is set)",
  "auth.email_unverified":
    "Run: projo email verify, with the token that was mailed to you (for another mail: projo email resend)",
  "auth.token_reused": "Run: projo login",
  "auth.invalid_credentials": "Try again, or make an account: projo signup",
  "auth.email_taken": "Run: projo login",
  "token.invalid": "Run: projo email resend, or projo password reset-request EMAIL",
  "session.not_found": "See: projo sessions list",
  "workspace.required": "Run: projo workspaces use NAME",
  "workspace.not_found": "See: projo workspaces list",
  "auth.person_required": "Unset PROJO_TOKEN, and run: projo login",
  "permission.denied": "An admin's does: projo members list --role admin",
  "member.not_found": "See: projo members list",
  "member.last_admin": "(projo members role EMAIL admin, or projo workspaces delete)",
  "invite.not_found": "See: projo invites list",
  "invite.exists": "(projo invites resend EMAIL, or projo invites revoke EMAIL)",
  "invite.already_member": "(projo members role EMAIL ROLE)",
  "invite.too_many": "See: projo invites list --status pending",
  "invite.invalid": "Who you are, and whether your address is verified: projo whoami",
  "key.not_found": "See: projo keys list",
  "key.too_many": "See: projo keys list --status active",
  "project.too_many": "See: projo projects list",
  "project.not_found": "See: projo projects list",
  "task.not_found": "See: projo tasks list",
  "cursor.invalid": "Use the same filters as before.",
};

/** What a person would do about these helps no service. */
const saidOfKeys: Readonly<Record<string, string>> = {
  "auth.unauthenticated":
    "The service key in PROJO_TOKEN is wrong, expired or revoked, or its workspace was deleted. An admin sees: projo keys list",
  "permission.denied":
    "The scopes of the service key in PROJO_TOKEN do not reach this, or its role does not. An admin sees them: projo keys list",
  "workspace.not_found":
    "The service key in PROJO_TOKEN is for another workspace. Leave the workspace out: the key brings its own.",
};

function limitWords({ retryAfterSeconds: seconds = 60 }: ProjoError): string {
  const minutes = Math.ceil(seconds / 60);
  const wait = seconds < 120 ? `${seconds} ${seconds === 1 ? "second" : "seconds"}` : `${minutes} minutes`;
  return `Too many calls, or too expensive calls. Try again in ${wait}.`;
}

function explainUnreachable({ message }: ProjoError): string {
  const [what = message] = message.split(/\.(?= Is )/, 1);
  const url = /https?:\/\/\S+/.exec(what)?.[0];
  return url !== undefined && isLoopback(url)
    ? `${what}. Start the server in its repository: npx -y pnpm@12 start`
    : `${what}. Check the address (--url or PROJO_URL) and the network.`;
}

function fieldWords(fieldErrors: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(fieldErrors)
    .flatMap(([field, problems]) => problems.map((problem) => (field ? `${field}: ${problem}` : problem)))
    .join(" ");
}
