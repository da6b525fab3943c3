import type { SessionRecord } from "@projostack/db";
import { createCursors, type Page } from "../../rpc/cursors.ts";
import type { Services } from "../../rpc/services.ts";

/** Lists the active sessions of the user, newest first. @throws Failure cursor.invalid */
export async function listSessions(
  { db, keys }: Services,
  { user, session, databaseNow }: SessionRecord,
  input: Page,
) {
  const cursors = createCursors(keys, { owner: user.id, operation: "sessions.list" });
  const after = cursors.after(input);
  const rows = await db.system.session.findMany({
    where: {
      userId: user.id,
      expiresAt: { gt: databaseNow },
      ...(after === undefined ? {} : { id: { lt: after } }),
    },
    orderBy: { id: "desc" },
    take: input.limit + 1,
  });
  const devices = rows.map(({ id, createdAt, lastUsedAt, expiresAt, ip, userAgent, mode }) => ({
    id,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ip,
    userAgent,
    mode: mode === "cookie" ? ("cookie" as const) : ("bearer" as const),
    current: id === session.id,
  }));
  return cursors.page(input, devices);
}
