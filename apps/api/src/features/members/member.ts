import type { MemberRow } from "@projostack/db";

/** Converts a member to the form that other members see. */
export const toMember = ({ userId, email, role, createdAt }: MemberRow) => ({
  userId,
  email,
  role,
  joinedAt: createdAt.toISOString(),
});
