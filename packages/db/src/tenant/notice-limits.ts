/**
 * The limits of notices of one kind to one user, about one workspace or the account. A change beyond the limit is reported
 * later, together with the other changes since the last notice. No change goes unreported.
 */
export const noticeLimits = {
  verified: { most: 3, seconds: 60 * 60 },
  /** The mailbox of an unverified address may belong to somebody else. */
  unverified: { most: 1, seconds: 24 * 60 * 60 },
} as const;
