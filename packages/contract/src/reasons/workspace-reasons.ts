// The reasons that concern a workspace and the things in it.
import type { Reason } from "../errors.ts";
import type { ReasonDescription } from "./reason-description.ts";

export const workspaceReasons = {
  "workspace.required": {
    when: "The operation acts in a workspace, and neither the request nor the session names one.",
    remedy: "change",
    action: "Send the header `x-workspace-id`, or select a workspace with `workspaces.switch`.",
  },
  "workspace.not_found": {
    when: "The workspace does not exist, is deleted, or the caller is not a member of it.",
    remedy: "change",
    action:
      "List the workspaces of the user with `workspaces.list`. The answer is the same in all these cases.",
  },
  "workspace.changed": {
    when: "The deletion named a fingerprint, and the workspace has another one now. Nothing was deleted.",
    remedy: "change",
    action: "Export the workspace again and delete it with the fingerprint of the new export.",
  },
  "import.not_empty": {
    when: "The workspace has projects, tasks, invites, service keys or imported data that do not come from this export.",
    remedy: "change",
    action: "Create a workspace, and import into it before anybody works there.",
  },
  "import.not_running": {
    when: "The workspace has no import, or its import is complete.",
    remedy: "change",
    action: "Start the import with `workspaceData.startImport`.",
  },
  "import.gap": {
    when: "The first line of the call is not the one that follows the imported lines of the file.",
    remedy: "change",
    action: "Call `workspaceData.startImport` and continue after the lines that its answer counts.",
  },
  "import.incomplete": {
    when: "The number of imported lines of a file differs from the number in the manifest.",
    remedy: "change",
    action: "Call `workspaceData.startImport`, send the missing lines, and finish the import again.",
  },
  "permission.denied": {
    when: "The role of the caller, or the scopes of the service key, do not include the permission. Nothing was done.",
    remedy: "ask",
    action: "Ask an admin of the workspace for another role, or for a key with another scope.",
  },
  "member.not_found": {
    when: "No member of the workspace has this user id.",
    remedy: "change",
    action: "List the members again with `members.list`.",
  },
  "member.last_admin": {
    when: "The call would leave the workspace without an admin.",
    remedy: "ask",
    action: "Give another member the role admin first, or delete the workspace.",
  },
  "member.too_many": {
    when: "The workspace has as many members as its quota allows. The invite stays valid.",
    remedy: "ask",
    action: "Remove members, or ask the operator of the server for a higher quota.",
  },
  "invite.not_found": {
    when: "The workspace has no invite with this id that is still open.",
    remedy: "change",
    action: "List the invites again with `invites.list`. The invite may be accepted, declined or revoked.",
  },
  "invite.exists": {
    when: "The address has a pending invite to this workspace already.",
    remedy: "change",
    action: "Send the pending invite again with `invites.resend`, or revoke it with `invites.revoke`.",
  },
  "invite.already_member": {
    when: "The address belongs to a member of the workspace.",
    remedy: "change",
    action: "Change the role of the member with `members.changeRole`.",
  },
  "invite.too_many": {
    when: "The workspace has as many pending invites as its quota allows.",
    remedy: "ask",
    action: "Revoke pending invites, or ask the operator of the server for a higher quota.",
  },
  "invite.invalid": {
    when: "The token or the id is unknown, or its invite is expired, used, declined, revoked or sent again, the invite is for another address, or the caller's address is not verified.",
    remedy: "ask",
    action:
      "Ask the user to sign in with the invited address and to open the mailed link, or to request a new invite. The answer is the same for every cause.",
  },
  "key.not_found": {
    when: "The workspace has no service key with this id, or the key is revoked.",
    remedy: "change",
    action: "List the keys again with `serviceKeys.list`.",
  },
  "key.too_many": {
    when: "The workspace has as many active service keys as its quota allows.",
    remedy: "ask",
    action: "Revoke keys that are no longer used.",
  },
  "key.too_many_tokens": {
    when: "The key has 20 replaced tokens that still work, and at most 20 can.",
    remedy: "change",
    action:
      "Deploy the newest token and wait until an earlier one ends: `previousExpiresAt` is the first such time. If the service may stop for a moment, rotate the key with `overlapHours: 0`.",
  },
  "project.ambiguous": {
    when: "Several projects of the workspace have the name that `projects.findOrCreate` looks for.",
    remedy: "ask",
    action: "Rename all but one of the projects, or use the id of one.",
  },
  "project.too_many": {
    when: "The workspace has as many projects as its quota allows.",
    remedy: "ask",
    action: "Delete projects, or ask the operator of the server for a higher quota.",
  },
  "project.version_conflict": {
    when: "The project has another version than `expectedVersion`. The call changed nothing.",
    remedy: "change",
    action:
      "Show the user the present project, which is in `current` if the caller may read it. If the change is still wanted, send it again with the present version.",
  },
  "task.version_conflict": {
    when: "The task has another version than `expectedVersion`. The call changed nothing.",
    remedy: "change",
    action:
      "Show the user the present task, which is in `current` if the caller may read it. If the change is still wanted, send it again with the present version.",
  },
  "task.too_many": {
    when: "The workspace would have more tasks than its quota allows. No task was created.",
    remedy: "ask",
    action: "Delete tasks, or ask the operator of the server for a higher quota.",
  },
} as const satisfies Partial<Record<Reason, ReasonDescription>>;
