import type { InviteStatus } from "@projostack/db";
import type { Page } from "../../rpc/cursors.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toInvite } from "./invite.ts";

export interface ListInvites extends Page {
  readonly status?: InviteStatus | undefined;
}

/** Lists the invites of the workspace, newest first. @throws Failure cursor.invalid */
export async function listInvites({ db, cursors }: ReadWs<"invite:manage">, input: ListInvites) {
  const found = await db.sql.invites.list({
    after: cursors.after(input),
    limit: input.limit + 1,
    status: input.status,
  });
  const { items, nextCursor } = cursors.page(input, found);
  return { items: items.map(toInvite), nextCursor };
}
