// The kind of value that each option and argument takes. A test compares the tables with the whole command tree.
import type { Argument, Command, Option } from "commander";

/** Values that the server lists. */
export type LiveKind =
  | "workspaces"
  | "deletedWorkspaces"
  | "projects"
  | "tasks"
  | "members"
  | "invites"
  | "ownInvites"
  | "keys"
  | "sessions";

export type ValueKind =
  | LiveKind
  | "files"
  | "directories"
  | "scopes"
  | "servers"
  | "accounts"
  | "operations"
  | "shells"
  | "actions"
  | "fields"
  | "settings"
  | "settingValues"
  | "text";

/** By the long name of an option without choices. */
const optionKinds: Readonly<Record<string, ValueKind>> = {
  account: "accounts",
  action: "actions",
  actor: "members",
  after: "text",
  "ca-file": "files",
  checkpoint: "files",
  "created-after": "text",
  "created-before": "text",
  "created-by": "members",
  cursor: "text",
  days: "text",
  encoding: "text",
  "expires-in": "text",
  from: "text",
  interval: "text",
  jq: "text",
  json: "fields",
  key: "files",
  limit: "text",
  map: "text",
  name: "text",
  out: "files",
  "overlap-hours": "text",
  project: "projects",
  report: "files",
  scopes: "scopes",
  search: "text",
  separator: "text",
  status: "text",
  target: "text",
  template: "text",
  timeout: "text",
  title: "text",
  to: "text",
  "unchanged-since": "directories",
  url: "servers",
  workspace: "workspaces",
};

/** By the group of the command: what its ids and names refer to. */
const groupKinds: Readonly<Record<string, LiveKind>> = {
  workspaces: "workspaces",
  projects: "projects",
  tasks: "tasks",
  members: "members",
  invites: "invites",
  keys: "keys",
  sessions: "sessions",
};

/** By the command, and the name of the argument. */
const settingArguments: Readonly<Record<string, ValueKind>> = {
  "config get name": "settings",
  "config set name": "settings",
  "config set value": "settingValues",
  "config unset name": "settings",
};

const commandKinds: Readonly<Record<string, ValueKind>> = {
  "workspaces restore": "deletedWorkspaces",
  "invites decline": "ownInvites",
  // A person who is not in the workspace yet.
  "invites create": "text",
  "auth switch": "accounts",
};

/** By the name of an argument that is no id and no name of an existing object. */
const argumentKinds: Readonly<Record<string, ValueKind>> = {
  after: "directories",
  before: "directories",
  directory: "directories",
  file: "files",
  input: "text",
  name: "text",
  "new-name": "text",
  operation: "operations",
  shell: "shells",
  text: "text",
  title: "text",
};

/** Returns the kind of an option's value, or undefined when no table contains it. */
export function kindOfOption(option: Option): ValueKind | undefined {
  const name = option.long?.replace(/^--/, "") ?? "";
  return Object.hasOwn(optionKinds, name) ? optionKinds[name] : undefined;
}

/** Returns the kind of the value of a setting. */
export function kindOfSetting(name: string): ValueKind {
  const kinds: Readonly<Record<string, ValueKind>> = {
    url: "servers",
    account: "accounts",
    workspace: "workspaces",
    "ca-file": "files",
  };
  return (Object.hasOwn(kinds, name) ? kinds[name] : undefined) ?? "text";
}

/** Returns the kind of an argument, or undefined when no table contains it. */
export function kindOfArgument(command: Command, argument: Argument): ValueKind | undefined {
  const name = argument.name();
  const group = command.parent?.name() ?? "";
  const path = `${group} ${command.name()}`;
  const ofSetting = settingArguments[`${path} ${name}`];
  if (ofSetting !== undefined) return ofSetting;
  if (Object.hasOwn(argumentKinds, name)) return argumentKinds[name];
  if (!/(?:^|-)(?:id|ids|email|emails)(?:-|$)/.test(name)) return undefined;
  if (Object.hasOwn(commandKinds, path)) return commandKinds[path];
  // The address of a sign-in is not an object of the server.
  return Object.hasOwn(groupKinds, group) ? groupKinds[group] : "text";
}
