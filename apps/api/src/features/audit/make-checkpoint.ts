import type { Services } from "../../rpc/services.ts";
import type { ReadWs } from "../../rpc/ws.ts";

/** Signs the current end of the log. */
export async function makeCheckpoint({ id, db }: ReadWs<"audit:read">, { checkpoints, clock }: Services) {
  const { seq, hash } = await db.sql.audit.end();
  return checkpoints.sign({ workspaceId: id, seq, hash }, clock.now());
}
