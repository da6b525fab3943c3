import type { ReplicaChange, ReplicaProblem } from "./replica-state.ts";

/** A problem that comes and goes is reported at most once in this time. */
const REPEATED_MS = 60_000;

/** Reports each change of the replica's state once. */
export class ReportedChanges {
  readonly #report: (change: ReplicaChange) => void;
  readonly #reportedAt = new Map<ReplicaProblem, number>();
  /** The problem that was reported last; null after the report that the replica answers reads. */
  #reported: ReplicaProblem | null = "not_checked";

  constructor(report: (change: ReplicaChange) => void) {
    this.#report = report;
  }

  add(change: ReplicaChange): void {
    const { problem } = change;
    if (problem === this.#reported) return;
    if (problem !== null) {
      const now = performance.now();
      const before = this.#reportedAt.get(problem);
      if (before !== undefined && now - before < REPEATED_MS) return;
      this.#reportedAt.set(problem, now);
    }
    this.#reported = problem;
    this.#report(change);
  }
}
