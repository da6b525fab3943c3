import type { ServiceKeyStatus } from "@projostack/db";
import type { Page } from "../../rpc/cursors.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toServiceKey } from "./service-key.ts";

export interface ListServiceKeys extends Page {
  readonly status?: ServiceKeyStatus | undefined;
}

/** Lists the service keys of the workspace, newest first. @throws Failure cursor.invalid */
export async function listServiceKeys({ db, cursors }: ReadWs<"key:manage">, input: ListServiceKeys) {
  const found = await db.sql.serviceKeys.list({
    after: cursors.after(input),
    limit: input.limit + 1,
    status: input.status,
  });
  const { items, nextCursor } = cursors.page(input, found);
  return { items: items.map(toServiceKey), nextCursor };
}
