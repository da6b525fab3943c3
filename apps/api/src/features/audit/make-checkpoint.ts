import type { Services } from "../../rpc/services.ts";
import type { ReadWs } from "../../rpc/ws.ts";

/** Signs where the log ends at this moment. */
export async function makeCheckpoint({ id, db }: ReadWs<"audit:read">, { checkpoints, clock }: Services) {
  const { seq, hash } = await db.sql.audit.end();
  return checkpoints.sign({ workspaceId: id, seq, hash }, clock.now());
}
