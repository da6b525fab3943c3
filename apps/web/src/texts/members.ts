/** Texts of the page of members. */
export const membersTexts = {
  description: "The people who work in this workspace.",
  invite: "Invite people",
  controls: "Find members",
  search: "Search by email address",
  role: "Role",
  allRoles: "All roles",
  empty: "There are no members",
  noMatch: "No member matches",
  noMatchText: "Change the search text or the role.",
  you: "You",
  joined: "Joined on",
  changeRole: {
    open: "Change role",
    openLabel: (email: string): string => `Change role of ${email}`,
    title: (email: string): string => `Change the role of ${email}`,
    titleOfOwn: "Change your role",
    text: "The new role applies from the next call of the member, on every device. The member gets a mail.",
    textOfOwn: "The new role applies at once.",
    action: "Change the role",
    done: (email: string, role: string): string => `The role of ${email} is now ${role}.`,
  },
  giveUp: {
    title: "Give up your rights as an admin?",
    text: (role: string): string =>
      `Your role becomes ${role}. You can no longer manage this workspace, and the pending invites that you sent are revoked. Only another admin can give the role back to you.`,
    action: "Give up the rights",
  },
  remove: {
    open: "Remove",
    openLabel: (email: string): string => `Remove ${email}`,
    title: (email: string): string => `Remove ${email}?`,
    text: "The member loses access with the next call and gets a mail. The pending invites that the member sent are revoked. The account of the member and the tasks that the member created stay.",
    action: "Remove the member",
    done: (email: string): string => `${email} is no longer a member.`,
  },
  keysLeft: {
    title: "Service keys keep working",
    text: (email: string): string =>
      `${email} created these keys and may know their tokens. Revoke them, or rotate them without an overlap.`,
    list: "Service keys",
    toKeys: "Go to the service keys",
    later: "Not now",
  },
  leave: {
    open: "Leave",
    openLabel: "Leave the workspace",
    title: (workspace: string): string => `Leave ${workspace}?`,
    text: "You lose access at once, and the pending invites that you sent are revoked. Service keys that you created keep working. To come back, you need a new invite.",
    action: "Leave the workspace",
    done: (workspace: string): string => `You left ${workspace}.`,
  },
  onlyAdmin: {
    text: "You are the only admin. A workspace keeps at least one admin, so you cannot leave it or take another role.",
    next: "Give another member the role Admin first. If nobody needs the workspace, delete it in the settings.",
    close: "OK",
  },
} as const;
