// The commands by their names. Each is defined in a file of its own, which is loaded only for a command line that names it, so that
// no command waits for the code of the others.
import type { Command } from "commander";
import type { Start } from "./cli.ts";

/** Adds what a command consists of: its subcommands, or its arguments, options and action. */
export type Define = (command: Command, start: Start) => void;

export interface NamedCommand {
  readonly name: string;
  /** How the help of projo writes the command. */
  readonly term: string;
  readonly description: string;
  /** True for a command that is not in the help. */
  readonly isHidden?: boolean;
  readonly load: () => Promise<Define>;
}

/** In the order of the help. */
export const commands: readonly NamedCommand[] = [
  {
    name: "signup",
    term: "signup [options] [email]",
    description: "Create an account and sign in.",
    load: async () => (await import("./commands/signup.ts")).addSignup,
  },
  {
    name: "login",
    term: "login [options] [email]",
    description: "Sign in to a server.",
    load: async () => (await import("./commands/login.ts")).addLogin,
  },
  {
    name: "logout",
    term: "logout [options]",
    description: "Sign out: end the session on the server and delete its tokens here.",
    load: async () => (await import("./commands/logout.ts")).addLogout,
  },
  {
    name: "whoami",
    term: "whoami",
    description: "Show the signed-in user, the server and the selected workspace.",
    load: async () => (await import("./commands/whoami.ts")).addWhoami,
  },
  {
    name: "auth",
    term: "auth",
    description: "List your accounts on all servers, and select one.",
    load: async () => (await import("./commands/auth/auth.ts")).addAuth,
  },
  {
    name: "status",
    term: "status",
    description: "Show the server with its health and version, the account and the workspace.",
    load: async () => (await import("./commands/status/status.ts")).addStatus,
  },
  {
    name: "sessions",
    term: "sessions",
    description: "List and end your sessions.",
    load: async () => (await import("./commands/sessions/sessions.ts")).addSessions,
  },
  {
    name: "password",
    term: "password",
    description: "Change your password, or reset a forgotten one.",
    load: async () => (await import("./commands/password/password.ts")).addPassword,
  },
  {
    name: "email",
    term: "email",
    description: "Verify your email address.",
    load: async () => (await import("./commands/email/email.ts")).addEmail,
  },
  {
    name: "workspaces",
    term: "workspaces",
    description: "Create, select, rename, leave, delete, restore, export and import workspaces.",
    load: async () => (await import("./commands/workspaces/workspaces.ts")).addWorkspaces,
  },
  {
    name: "members",
    term: "members",
    description: "List and show members of the workspace, change their roles and remove them.",
    load: async () => (await import("./commands/members/members.ts")).addMembers,
  },
  {
    name: "invites",
    term: "invites",
    description: "Invite users to the workspace, and accept or decline invites.",
    load: async () => (await import("./commands/invites/invites.ts")).addInvites,
  },
  {
    name: "keys",
    term: "keys",
    description: "Create, list, rotate and revoke service keys, with which programs act in the workspace.",
    load: async () => (await import("./commands/keys/keys.ts")).addKeys,
  },
  {
    name: "audit",
    term: "audit",
    description:
      "Read, export and verify the audit log of the workspace. For admins; anyone can verify an exported file.",
    load: async () => (await import("./commands/audit/audit.ts")).addAudit,
  },
  {
    name: "projects",
    term: "projects",
    description: "Create, list and delete projects of the workspace.",
    load: async () => (await import("./commands/projects/projects.ts")).addProjects,
  },
  {
    name: "tasks",
    term: "tasks",
    description: "Create, list, update, delete and import tasks.",
    load: async () => (await import("./commands/tasks/tasks.ts")).addTasks,
  },
  {
    name: "open",
    term: "open [options] [page]",
    description: "Open the web application or the documentation of the server in a browser.",
    load: async () => (await import("./commands/open/open.ts")).addOpen,
  },
  {
    name: "config",
    term: "config",
    description: "List, read and change the settings of projo on this machine.",
    load: async () => (await import("./commands/config/config.ts")).addConfig,
  },
  {
    name: "doctor",
    term: "doctor",
    description: "Find problems of projo, its files and the connection to the server.",
    load: async () => (await import("./commands/doctor/doctor.ts")).addDoctor,
  },
  {
    name: "call",
    term: "call <operation> [input]",
    description: "Call any operation of the server. Prints the result as JSON.",
    load: async () => (await import("./commands/call.ts")).addCall,
  },
  {
    name: "completion",
    term: "completion <shell>",
    description: "Print the script with which your shell completes commands, options and names.",
    load: async () => (await import("./commands/completion.ts")).addCompletion,
  },
  {
    name: "__complete",
    term: "__complete <shell> [words]",
    description: "Complete a command line. For the script of projo completion.",
    isHidden: true,
    load: async () => (await import("./commands/complete.ts")).addComplete,
  },
];
