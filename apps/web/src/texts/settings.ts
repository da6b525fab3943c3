/** Texts of the settings of a workspace. */
export const settingsTexts = {
  name: {
    title: "Name",
    label: "Name of the workspace",
    hint: "Invites that are already mailed keep the old name in their text.",
    action: "Rename the workspace",
    done: "The workspace is renamed.",
    created: "Created on",
  },
  membership: {
    title: "Your membership",
    role: "Your role",
    leave: "Leave the workspace",
  },
  deletion: {
    title: "Delete the workspace",
    description:
      "Nobody can open a deleted workspace. An admin can restore it for 30 days on the page of all workspaces.",
    open: "Delete the workspace",
    dialogTitle: (name: string): string => `Delete ${name}?`,
    atOnce: "At once: all members lose access, and the service keys stop working.",
    until: "Until",
    restorable: "an admin can restore the workspace with its members, projects, tasks and keys.",
    afterwards: "Afterwards: the server removes all data except the audit log, for good.",
    action: "Delete the workspace",
    renamed: "The name of the workspace has changed. Check that it is the right one, then type its new name.",
    done: (name: string): string => `${name} is deleted.`,
  },
} as const;
