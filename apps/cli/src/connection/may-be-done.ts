// The message for a call that changes data and has no answer.
import type { ProjoError } from "@projostack/sdk";
import { listCommands } from "./list-commands.ts";

/** Says that the call may have been carried out, and how to check. */
export function mayBeDone({ operation }: Pick<ProjoError, "operation">): string {
  return `The server may have carried it out. ${checks[operation] ?? checkOf(operation)}`;
}

/** How to check whether a lost call was carried out, where listing the resource is not the way. */
const checks: Readonly<Record<string, string>> = {
  "serviceKeys.rotate":
    "Run the command again: a repetition ends no token before its announced end, unless you use --overlap-hours 0.",
  "tasks.createMany": "Run the command again: an import creates no task twice.",
  "audit.export": "Run the command again.",
  "auth.signIn": "Run the command again.",
  "auth.signOut": "Run the command again.",
  "auth.signUp": "Try to sign in: projo login",
  "auth.signOutEverywhere": "To see your sessions, run: projo sessions list",
  "password.change": "Try to sign in with the new password: projo login",
  "password.reset": "Try to sign in with the new password: projo login",
  "password.requestReset": "Look for the mail before you run the command again.",
  "email.verify": "To see whether your address is verified, run: projo whoami",
  "email.resendVerification": "Look for the mail before you run the command again.",
  "invites.accept": "To see your workspaces, run: projo workspaces list",
  "invites.decline": "To see your pending invites, run: projo invites mine",
};

function checkOf(operation: string): string {
  const [resource = ""] = operation.split(".");
  if (resource === "workspaceData") return "Run the same command again to continue.";
  return `Before you run the command again, see: ${listCommands[resource] ?? `projo call ${resource}.list`}`;
}
