/** The notices that an operator can turn off. A notice about a password is always sent. */
export interface MailNotices {
  /** To a user who was removed from a workspace. */
  readonly removed: boolean;
  /** To a member whose role was changed. */
  readonly roleChanged: boolean;
}

export const noticeNames = ["removed", "role_changed"] as const;

/** Parses names separated by commas, or `none`; null for any other text. */
export function parseMailNotices(text: string): MailNotices | null {
  const names = text.split(",").map((name) => name.trim());
  const isKnown = text === "none" || names.every((name) => noticeNames.some((known) => known === name));
  return isKnown ? { removed: names.includes("removed"), roleChanged: names.includes("role_changed") } : null;
}
