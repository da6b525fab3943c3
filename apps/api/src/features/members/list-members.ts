import type { Role } from "@projostack/authz";
import type { Page } from "../../rpc/cursors.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toMember } from "./member.ts";

export interface ListMembers extends Page {
  readonly role?: Role | undefined;
  readonly search?: string | undefined;
}

/** Lists the members of the workspace, newest first. @throws Failure cursor.invalid */
export async function listMembers({ db, cursors }: ReadWs<"member:read">, input: ListMembers) {
  const found = await db.sql.members.list({
    after: cursors.after(input),
    limit: input.limit + 1,
    role: input.role,
    search: input.search,
  });
  const { items, nextCursor } = cursors.page(input, found);
  return { items: items.map(toMember), nextCursor };
}
