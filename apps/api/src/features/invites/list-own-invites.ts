import { createCursors, type Page } from "../../rpc/cursors.ts";
import type { Services } from "../../rpc/services.ts";

/** Lists the pending invites to the user's verified address, newest first. @throws Failure cursor.invalid */
export async function listOwnInvites({ db, keys }: Services, userId: string, input: Page) {
  const cursors = createCursors(keys, { owner: userId, operation: "invites.listMine" });
  const found = await db.invites.listOf(userId, { after: cursors.after(input), limit: input.limit + 1 });
  const { items, nextCursor } = cursors.page(input, found);
  const ownInvites = items.map(({ expiresAt, createdAt, ...invite }) => ({
    ...invite,
    expiresAt: expiresAt.toISOString(),
    createdAt: createdAt.toISOString(),
  }));
  return { items: ownInvites, nextCursor };
}
