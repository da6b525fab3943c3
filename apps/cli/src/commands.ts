// The commands by their names. Each is defined in a file of its own, which is loaded only for a command line that names it, so that
// no command waits for the code of the others.
import type { Define } from "./cli.ts";

/** The heading of the help under which a command stands. */
export type Group =
  | "Your account:"
  | "Workspace:"
  | "Projects and tasks:"
  | "Programs and scripts:"
  | "This machine:";

export interface NamedCommand {
  readonly name: string;
  readonly group: Group;
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
    group: "Your account:",
    term: "signup [email]",
    description: "Create an account and sign in.",
    load: async () => (await import("./commands/signup.ts")).addSignup,
  },
  {
    name: "login",
    group: "Your account:",
    term: "login [email]",
    description: "Sign in to a server.",
    load: async () => (await import("./commands/login.ts")).addLogin,
  },
  {
    name: "logout",
    group: "Your account:",
    term: "logout",
    description: "Sign out, and delete the tokens on this machine.",
    load: async () => (await import("./commands/logout.ts")).addLogout,
  },
  {
    name: "whoami",
    group: "Your account:",
    term: "whoami",
    description: "Show the signed-in user, the server and the selected workspace.",
    load: async () => (await import("./commands/whoami.ts")).addWhoami,
  },
  {
    name: "auth",
    group: "Your account:",
    term: "auth",
    description: "List your accounts on all servers, and select one.",
    load: async () => (await import("./commands/auth/auth.ts")).addAuth,
  },
  {
    name: "status",
    group: "Your account:",
    term: "status",
    description: "Show the server with its health and version, the account and the workspace.",
    load: async () => (await import("./commands/status/status.ts")).addStatus,
  },
  {
    name: "sessions",
    group: "Your account:",
    term: "sessions",
    description: "List, show and end your sessions.",
    load: async () => (await import("./commands/sessions/sessions.ts")).addSessions,
  },
  {
    name: "password",
    group: "Your account:",
    term: "password",
    description: "Change your password, or reset it when you forgot it.",
    load: async () => (await import("./commands/password/password.ts")).addPassword,
  },
  {
    name: "email",
    group: "Your account:",
    term: "email",
    description: "Verify your email address, and see its status.",
    load: async () => (await import("./commands/email/email.ts")).addEmail,
  },
  {
    name: "workspaces",
    group: "Workspace:",
    term: "workspaces",
    description: "Create, list, show, select, rename, leave, delete, restore, export and import workspaces.",
    load: async () => (await import("./commands/workspaces/workspaces.ts")).addWorkspaces,
  },
  {
    name: "members",
    group: "Workspace:",
    term: "members",
    description: "List, show and remove members, and change their roles.",
    load: async () => (await import("./commands/members/members.ts")).addMembers,
  },
  {
    name: "invites",
    group: "Workspace:",
    term: "invites",
    description: "Invite people to the workspace, and accept or decline invites.",
    load: async () => (await import("./commands/invites/invites.ts")).addInvites,
  },
  {
    name: "audit",
    group: "Workspace:",
    term: "audit",
    description:
      "Read, export and verify the audit log. It is for admins; anyone can verify an exported file.",
    load: async () => (await import("./commands/audit/audit.ts")).addAudit,
  },
  {
    name: "projects",
    group: "Projects and tasks:",
    term: "projects",
    description: "Create, list, show, rename and delete projects of the workspace.",
    load: async () => (await import("./commands/projects/projects.ts")).addProjects,
  },
  {
    name: "tasks",
    group: "Projects and tasks:",
    term: "tasks",
    description: "Create, list, show, edit, delete and import tasks.",
    load: async () => (await import("./commands/tasks/tasks.ts")).addTasks,
  },
  {
    name: "keys",
    group: "Programs and scripts:",
    term: "keys",
    description: "Create, list, show, rotate and revoke service keys, the credentials of programs.",
    load: async () => (await import("./commands/keys/keys.ts")).addKeys,
  },
  {
    name: "call",
    group: "Programs and scripts:",
    term: "call <operation> [input]",
    description: "Call any operation of the server. Prints the result as JSON.",
    load: async () => (await import("./commands/call.ts")).addCall,
  },
  {
    name: "config",
    group: "This machine:",
    term: "config",
    description: "List, read and change the settings of projo on this machine.",
    load: async () => (await import("./commands/config/config.ts")).addConfig,
  },
  {
    name: "doctor",
    group: "This machine:",
    term: "doctor",
    description: "Find problems of projo, its files and the connection to the server.",
    load: async () => (await import("./commands/doctor/doctor.ts")).addDoctor,
  },
  {
    name: "open",
    group: "This machine:",
    term: "open [page]",
    description: "Open the web application or the documentation of the server in a browser.",
    load: async () => (await import("./commands/open/open.ts")).addOpen,
  },
  {
    name: "completion",
    group: "This machine:",
    term: "completion <shell>",
    description: "Print the script with which your shell completes commands, options and names.",
    load: async () => (await import("./commands/completion.ts")).addCompletion,
  },
  {
    name: "__complete",
    group: "This machine:",
    term: "__complete <shell> [words]",
    description: "Complete a command line. For the script of projo completion.",
    isHidden: true,
    load: async () => (await import("./commands/complete.ts")).addComplete,
  },
];
