/** The command that lists the objects of a group of operations. */
export const listCommands: Readonly<Record<string, string>> = {
  tasks: "projo tasks list",
  projects: "projo projects list",
  serviceKeys: "projo keys list",
  invites: "projo invites list",
  members: "projo members list",
  workspaces: "projo workspaces list",
  sessions: "projo sessions list",
};
