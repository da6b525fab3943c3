import { verifyChain, type AuditRow, type ChainPoint, type ChainVerdict } from "@projostack/db";
import type { Checkpoint } from "../../identity/checkpoints.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { readPages } from "./read-pages.ts";

export interface VerifyLog {
  readonly after?: ChainPoint | undefined;
  readonly limit: number;
  readonly checkpoint?: Checkpoint | undefined;
}

const START: ChainPoint = { seq: 0, hash: "00".repeat(32) };

/**
 * Verifies up to `limit` entries after a point of the chain, with one page in memory at a time.
 * @throws Failure checkpoint.invalid
 */
export async function verifyLog(ws: ReadWs<"audit:read">, { checkpoints }: Services, input: VerifyLog) {
  const { limit, after = START } = input;
  const saved =
    input.checkpoint === undefined ? [] : [requireSavedPoint(ws.id, checkpoints.read(input.checkpoint))];
  const lost = await findLostPoint(ws, after);
  if (lost) return toBrokenResult(lost, 0);
  let read = 0;
  async function* rows(): AsyncGenerator<AuditRow> {
    for await (const page of readPages(ws.db.sql.audit.page, { afterSeq: after.seq, limit })) {
      read += page.length;
      yield* page;
    }
  }
  const from = { workspaceId: ws.id, after };
  // A checkpoint beyond the part of this call is checked by the next call, or at the end of the log.
  const near = saved.filter(({ seq }) => seq <= after.seq + limit);
  const part = await verifyChain(rows(), { ...from, checkpoints: near });
  if (!part.intact) return toBrokenResult(part, read);
  const last = { seq: part.lastSeq, hash: part.lastHash };
  const done = read < limit;
  const end = done ? await verifyChain([], { ...from, after: last, checkpoints: saved }) : part;
  if (!end.intact) return toBrokenResult(end, read);
  return { intact: true, done, checked: read, last, problem: null };
}

/**
 * Checks that the entry at which an earlier call ended still exists. Otherwise a log truncated before it would pass as
 * intact.
 */
async function findLostPoint(
  { db }: ReadWs<"audit:read">,
  { seq, hash }: ChainPoint,
): Promise<ChainProblem | null> {
  if (seq === 0) return null;
  const [found] = await db.sql.audit.page({ afterSeq: seq - 1, limit: 1 });
  if (found?.seq === seq) return found.hash === hash ? null : rewrittenAt(seq);
  if (found)
    return { seq, problem: "missing", message: `Entry ${seq} is missing, where an earlier call ended.` };
  const end = await db.sql.audit.end();
  const next = end.seq + 1;
  const message = `Entry ${next} is missing at the end: an earlier call ended with entry ${seq}.`;
  return { seq: next, problem: "truncated", message };
}

const rewrittenAt = (seq: number): ChainProblem => ({
  seq,
  problem: "rewritten",
  message: `Entry ${seq} is not what it was: an earlier call found another hash.`,
});

function requireSavedPoint(
  workspaceId: string,
  facts: (ChainPoint & { workspaceId: string }) | null,
): ChainPoint {
  if (facts?.workspaceId !== workspaceId) throw new Failure("checkpoint.invalid");
  return { seq: facts.seq, hash: facts.hash };
}

type ChainProblem = Omit<ChainVerdict & { intact: false }, "intact">;

const toBrokenResult = ({ seq, problem: kind, message }: ChainProblem, checked: number) => ({
  intact: false,
  done: true,
  checked,
  last: null,
  problem: { seq, kind, message },
});
