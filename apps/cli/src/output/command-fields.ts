// The fields of the JSON that each command prints, by which --json FIELDS is checked before the command does anything.
import type { Command } from "commander";
import { outputFields } from "../generated/output-fields.ts";

export interface CommandOutput {
  /**
   * The fields of the item, or of each item of a list. The fields of an object inside it have dotted names. Undefined if they depend on
   * the arguments.
   */
  readonly fields: readonly string[] | undefined;
  /** The field that --quiet prints. Undefined if the output has neither an id nor a secret that is shown once. */
  readonly quiet: string | undefined;
}

interface Declared {
  /** The operation whose output the command prints. */
  operation?: string;
  /** More fields, or all fields if there is no operation. */
  fields?: string;
  /** Default: `id`, if the output has this field. */
  quiet?: string;
}

const WORKSPACE = "workspace workspace.id workspace.name";
const USER = "user user.id user.email user.emailVerifiedAt user.createdAt";
const OWN_WORKSPACE = `${WORKSPACE} workspace.createdBy workspace.createdAt workspace.deletedAt workspace.role`;
const MAIL =
  "verificationMail verificationMail.mailStatus verificationMail.mailStatusAt verificationMail.mailProblem";

/** The output depends on the arguments of the command. */
const ANY = "*";

const nothing: Declared = { fields: "" };
const signedIn: Declared = { fields: `url ${USER} ${WORKSPACE}`, quiet: "user.id" };
const member: Declared = { operation: "members.get", quiet: "userId" };
const workspace: Declared = { operation: "workspaces.get" };

/**
 * By the names of the command. A command that is absent has the output of the operation with its names: `projo tasks list` that of
 * `tasks.list`. Without such an operation it prints no JSON.
 */
const commands: Readonly<Record<string, Declared>> = {
  signup: signedIn,
  login: signedIn,
  logout: { fields: "url email ended sessionEndsAt", quiet: "email" },
  "auth status": { fields: `url email isActive isInUse session problem ${WORKSPACE}`, quiet: "email" },
  "auth switch": { fields: `url email ${WORKSPACE}`, quiet: "email" },
  status: {
    fields: `url source server server.answers server.version server.latencyMs server.serverTime server.isReady server.problem server.reason projo projo.version projo.isCompatible credential session email ${WORKSPACE} workspace.role workspaceProblem sessionProblem`,
    quiet: "url",
  },
  whoami: { fields: `url ${USER} ${MAIL} ${OWN_WORKSPACE}`, quiet: "user.id" },
  "sessions get": { operation: "sessions.list" },
  "password change": nothing,
  "password reset-request": nothing,
  "password reset": nothing,
  "email verify": nothing,
  "email resend": { operation: "email.resendVerification" },
  "email status": { operation: "email.status", quiet: "email" },
  "workspaces create": workspace,
  "workspaces get": workspace,
  "workspaces use": workspace,
  "workspaces rename": workspace,
  "workspaces export": {
    fields: `directory format exportedAt server ${WORKSPACE} workspace.createdBy workspace.createdAt fingerprint files`,
    quiet: "directory",
  },
  "workspaces import": {
    fields: `directory ${WORKSPACE} rows invites serviceKeys assigned waiting sentInvites`,
    quiet: "workspace.id",
  },
  "workspaces compare": { fields: "equal differences" },
  "members list": { operation: "members.list", quiet: "userId" },
  "members get": member,
  "members role": member,
  "members remove": { operation: "members.remove", quiet: "userId" },
  // The link and the token are shown only once, so --quiet prints them as the command does without it.
  "invites create": { operation: "invites.create", quiet: "link" },
  "invites resend": { operation: "invites.resend", quiet: "link" },
  "invites get": { operation: "invites.list" },
  "invites mine": { operation: "invites.listMine" },
  "keys create": { operation: "serviceKeys.create", quiet: "token" },
  "keys rotate": { operation: "serviceKeys.rotate", quiet: "token" },
  "keys list": { operation: "serviceKeys.list" },
  "keys get": { operation: "serviceKeys.list" },
  "keys revoke": { operation: "serviceKeys.revoke" },
  "audit tail": { operation: "audit.list" },
  "audit export": { fields: "file format entries", quiet: "file" },
  "audit checkpoint": { operation: "audit.checkpoint", fields: "file", quiet: "file" },
  "audit verify": {
    fields:
      "intact workspaceId after after.seq after.hash entries lastSeq lastHash footerCheckpoint laterCheckpoints seq problem message",
  },
  "projects rename": { operation: "projects.update" },
  "tasks edit": { operation: "tasks.update" },
  "tasks import": {
    fields:
      "created existing refused refusedRows valid encoding separator columns statuses unknownStatuses tasks",
  },
  "config list": { fields: "name value source", quiet: "name" },
  "config get": { fields: "name value source", quiet: "value" },
  "config set": { fields: "name value", quiet: "name" },
  "config unset": { fields: "name wasSet", quiet: "name" },
  doctor: { fields: "checks problems" },
  open: { fields: "url", quiet: "url" },
  completion: nothing,
  call: { fields: ANY },
};

/** Undefined for a command that prints no JSON. */
export function outputOf(command: string): CommandOutput | undefined {
  const declared = commands[command] ?? namedAlike(command);
  if (!declared) return undefined;
  const { operation, fields = "", quiet } = declared;
  const own = operation === undefined ? "" : (outputFields[operation] ?? "");
  const all = `${own} ${fields}`.split(" ").filter((field) => field !== "");
  return {
    fields: fields === ANY ? undefined : all,
    quiet: quiet ?? (all.includes("id") || fields === ANY ? "id" : undefined),
  };
}

function namedAlike(command: string): Declared | undefined {
  const operation = command.replace(" ", ".");
  return Object.hasOwn(outputFields, operation) ? { operation } : undefined;
}

/** The names of a command below projo, such as `tasks list`. */
export function pathOf(command: Command): string {
  const names: string[] = [];
  for (let one: Command | null = command; one?.parent; one = one.parent) names.unshift(one.name());
  return names.join(" ");
}
