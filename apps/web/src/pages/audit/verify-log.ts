import type { AuditVerdict, ChainPoint, Checkpoint } from "@projostack/sdk";
import { repeatAfterLimit } from "../../api/repeat-after-limit.ts";
import type { WorkControl } from "../../api/use-long-work.ts";
import type { CurrentWorkspace } from "../../api/workspace-context.ts";

/** Small enough for a progress of several steps, and large enough to need few calls. */
const PART_SIZE = 2_000;

export interface VerifyInput {
  readonly checkpoint?: Checkpoint | undefined;
  /** Continues an earlier check behind its last good entry. */
  readonly after?: ChainPoint | undefined;
}

export interface VerifyProgress {
  /** The last entry that was checked, or undefined before the first part. */
  readonly last: ChainPoint | undefined;
  /** The number of the newest entry at the start. */
  readonly total: number;
  readonly waitSeconds?: number | undefined;
}

export interface Verification {
  /** The number of entries from the first one to the last good one. */
  readonly checked: number;
  /** The first broken entry. Null if the log is intact. */
  readonly problem: AuditVerdict["problem"];
  readonly isCompared: boolean;
}

/** Lets the server check the log in parts, until its end or the first broken entry. */
export async function verifyLog(
  api: CurrentWorkspace["api"],
  { checkpoint, after }: VerifyInput,
  { signal, report }: WorkControl<VerifyProgress>,
): Promise<Verification> {
  let last = after;
  const { items } = await api.audit.list({ limit: 1 }, { signal });
  const total = items[0]?.seq ?? 1;
  for (;;) {
    report({ last, total });
    const input = { limit: PART_SIZE, ...(last && { after: last }), ...(checkpoint && { checkpoint }) };
    const {
      done,
      last: reached,
      problem,
    }: AuditVerdict = await repeatAfterLimit(() => api.audit.verify(input, { signal }), {
      signal,
      onWait: (waitSeconds) => report({ last, total, waitSeconds }),
    });
    last = reached ?? last;
    if (done) return { checked: last?.seq ?? 0, problem, isCompared: checkpoint !== undefined };
  }
}
