import type { Grant } from "@projostack/authz";

/** Whether somebody else acts on the user. A service key is somebody else, because its creator may not know of the act. */
export const isAnother = ({ userId, key }: Grant, targetUserId: string): boolean =>
  key !== undefined || userId !== targetUserId;
