import type { MemberRow } from "@projostack/db";

/** A member as the others see them. */
export const toMember = ({ userId, email, role, createdAt }: MemberRow) => ({
  userId,
  email,
  role,
  joinedAt: createdAt.toISOString(),
});
