/** The keys of the query cache. The data of a workspace has the key of the workspace first, so that it can be dropped at once. */
export const queryKeys = {
  me: ["me"],
  emailStatus: ["email-status"],
  sessions: ["sessions"],
  workspaces: ["workspaces"],
  deletedWorkspaces: ["workspaces", "deleted"],
  ownInvites: ["own-invites"],
  workspace: (workspaceId: string) => ["workspace", workspaceId],
  /** A list or an item of a workspace, for example `inWorkspace(id, "tasks", filters)`. */
  inWorkspace: (workspaceId: string, ...rest: readonly unknown[]) => ["workspace", workspaceId, ...rest],
} as const;
