import { ProjoConnectionError, type ProjoError, type Role } from "@projostack/sdk";
import type { Command } from "commander";
import { CliError } from "./cli-error.ts";
import {
  durationOf,
  explainConnection,
  explainForeignAnswer,
  explainMissingOperation,
} from "./connection/explain-connection.ts";
import { mayBeDone } from "./connection/may-be-done.ts";
import { userRequiredMessages } from "./connection/user-required.ts";
import { leastRoles, permissions } from "./generated/permissions.ts";
import { describeFieldErrors } from "./inputs/describe-field-errors.ts";

export interface Caller {
  /** True when the call was made with a service key, false when with a user's token. */
  isServiceKey: boolean;
  /** True when the call was made with a user's token from PROJO_TOKEN. */
  isAccessToken?: boolean;
  /** The command that runs, whose options and arguments the message names. */
  command?: Command | undefined;
}

/** Describes the failure for the user in one line, with the next command to run where there is one. */
export function explain(error: ProjoError, { isServiceKey, isAccessToken, command }: Caller): string {
  // A function that projo passes to the SDK has ended the call, for example after --timeout.
  if (error.cause instanceof CliError) return error.cause.message;
  if (error instanceof ProjoConnectionError) return explainConnection(error);
  if (error.reason === undefined) return explainForeignAnswer(error);
  if (error.reason === "operation.not_found") return explainMissingOperation(error);
  if (error.reason === "input.invalid" && error.fieldErrors)
    return describeFieldErrors(error.fieldErrors, { operation: error.operation, command });
  const ofToken = isServiceKey ? serviceKeyMessages : isAccessToken ? accessTokenMessages : {};
  // What a caller may give to others depends on the caller's own rights in the same way, whatever the token.
  const isOfCaller = !error.message.startsWith("You can give only ");
  const tokenMessage = (isServiceKey && scopeMessage(error)) || (isOfCaller && ofToken[error.reason]);
  if (tokenMessage) return tokenMessage;
  if (error.reason === "limit.exceeded") return limitMessage(error);
  // The SDK's own advice, after an earlier attempt of the call that was lost, addresses programs.
  const [ownMessage] = error.message.split(" The server may have carried ");
  const message = replacements[error.reason] ?? roleMessage(error) ?? ownMessage;
  // A busy server refuses a call before it does anything. Without its database, it may have lost the result of a COMMIT.
  const isLost = error.mayHaveBeenCarriedOut && error.reason !== "server.busy";
  const next = isLost ? mayBeDone(error) : nextSteps[error.reason];
  const request = error.reason.startsWith("server.") && error.requestId && `Request id: ${error.requestId}`;
  return [message, next, request].filter(Boolean).join(" ");
}

/** Messages that replace the server's, which address programs. */
const replacements: Readonly<Record<string, string>> = {
  "auth.email_unverified": "Your email address is not verified, so you cannot invite others.",
  "auth.unauthenticated": "The sign-in is no longer valid.",
  "workspace.required": "No workspace is selected.",
  "workspace.changed": "The workspace has changed since this export. It was not deleted.",
  "import.not_empty": "The workspace is not empty, or another export was imported into it.",
  "import.not_running": "No import runs in this workspace.",
  "import.gap": "The server has lost lines that were imported, for example because a backup was restored.",
  "import.incomplete": "The server has not imported all lines of the export.",
  "input.too_large": "The input is longer than the server accepts. Shorten it.",
  "request.url_too_long": "The input is longer than the server accepts. Shorten it.",
  "request.headers_too_large": "The input is longer than the server accepts. Shorten it.",
  "cursor.invalid":
    "--cursor: the cursor is invalid, or it belongs to another list, other filters or another order. Start again without --cursor.",
};

/** The next command to run for each of the server's reasons. */
const nextSteps: Readonly<Record<string, string>> = {
  "auth.unauthenticated": "Run: projo login",
  "auth.email_unverified":
    "Run: projo email verify, and enter the token from the mail (for a new mail: projo email resend)",
  "auth.token_reused": "Run: projo login",
  "auth.invalid_credentials": "Try again, or create an account: projo signup",
  "auth.email_taken": "Run: projo login",
  "token.invalid": "For a new mail, run: projo email resend, or: projo password reset-request EMAIL",
  "session.not_found": "See: projo sessions list",
  "workspace.required": "Run: projo workspaces use NAME",
  "workspace.not_found": "See: projo workspaces list",
  "auth.person_required": "Unset PROJO_TOKEN, then run: projo login",
  "workspace.changed": "Run: projo workspaces export NEW-DIRECTORY",
  "import.not_empty": "Run: projo workspaces create NAME",
  "import.not_running": "Run the same command again.",
  "import.gap": "Run the same command again: it continues.",
  "import.incomplete": "Run the same command again: it continues.",
  "permission.denied": "See: projo members list --role admin",
  "member.not_found": "See: projo members list",
  "member.last_admin": "Run: projo members role EMAIL admin, or: projo workspaces delete",
  "invite.not_found": "See: projo invites list",
  "invite.exists": "Run: projo invites resend EMAIL, or: projo invites revoke EMAIL",
  "invite.already_member": "Run: projo members role EMAIL ROLE",
  "invite.too_many": "See: projo invites list --status pending",
  "invite.invalid": "To see your address and whether it is verified, run: projo whoami",
  "key.not_found": "See: projo keys list",
  "key.too_many": "See: projo keys list --status active",
  "key.too_many_tokens": "See: projo keys list --json",
  "project.ambiguous": "See: projo projects list",
  "project.too_many": "See: projo projects list",
  "project.not_found": "See: projo projects list",
  "task.not_found": "See: projo tasks list",
};

/** The advice to a service key, which cannot sign in or select a workspace. */
const serviceKeyMessages: Readonly<Record<string, string>> = {
  "auth.unauthenticated":
    "The service key in PROJO_TOKEN is wrong, expired or revoked, or its workspace was deleted. An admin can check it: projo keys list",
  ...userRequiredMessages,
  "permission.denied":
    "The scopes or the role of the service key in PROJO_TOKEN do not allow this. An admin can check them: projo keys list",
  "import.not_empty":
    "A service key cannot start an import: its workspace is not empty, because the key is in it. Unset PROJO_TOKEN, then run: projo login",
  "workspace.not_found":
    "The service key in PROJO_TOKEN belongs to another workspace. Omit the workspace: a key always acts in its own.",
};

/** The advice to a user's token from PROJO_TOKEN, which projo cannot renew. */
const accessTokenMessages: Readonly<Record<string, string>> = {
  "auth.unauthenticated": "The token in PROJO_TOKEN is not valid. Correct it, or unset PROJO_TOKEN.",
};

/** The missing permission, which the server's message names. */
function missingPermission({ reason, message }: ProjoError) {
  if (reason !== "permission.denied") return undefined;
  const [, name] = /(?:have the permission|a key with the scope) ([a-z]+:[a-z]+)\./.exec(message) ?? [];
  return permissions.find((one) => one === name);
}

function scopeMessage(error: ProjoError): string | undefined {
  const permission = missingPermission(error);
  if (permission === undefined) return undefined;
  return `The service key in PROJO_TOKEN needs the scope ${permission}${roleWords[leastRoles[permission] ?? "viewer"]}. An admin can check this: projo keys list`;
}

/** Every key has at least the role viewer. */
const roleWords: Readonly<Record<Role, string>> = {
  viewer: "",
  member: " and the role member or admin",
  admin: " and the role admin",
};

/** `Only an admin can do this.` */
function roleMessage(error: ProjoError): string | undefined {
  const permission = missingPermission(error);
  const role = permission && leastRoles[permission];
  if (role === undefined) return undefined;
  return role === "admin"
    ? "Only an admin can do this."
    : "A viewer cannot do this. Ask an admin for the role member.";
}

function limitMessage({ operation, retryAfterSeconds: seconds = 60 }: ProjoError): string {
  const wait = durationOf(seconds);
  if (operation === "auth.signIn") return `There were too many attempts to sign in. Try again in ${wait}.`;
  return `You sent too many or too expensive requests. Try again in ${wait}.`;
}
