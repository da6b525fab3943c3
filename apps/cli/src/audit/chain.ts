import { chainedHash, type Entry, invalidPersonalValue } from "./entry.ts";
import type { Point } from "./point.ts";
import { broken, type Broken } from "./verdict.ts";

/** The state before the first entry, and the checkpoints to compare with. */
export interface ChainStart {
  readonly workspaceId: string;
  readonly after: Point;
  readonly checkpoints: readonly Point[];
}

/** Verifies a hash chain entry by entry. Keeps only the last valid point in memory. */
export class Chain {
  last: Point;
  readonly #workspaceId: string;
  readonly #saved = new Map<number, string>();
  /** The number of an absent entry, and the number of the entry found at its position. */
  #gap: { seq: number; found: number } | undefined;

  constructor({ workspaceId, after, checkpoints }: ChainStart) {
    this.last = after;
    this.#workspaceId = workspaceId;
    for (const { seq, hash } of checkpoints) {
      // If two checkpoints of one entry differ, no hash can match both.
      const earlier = this.#saved.get(seq) ?? hash;
      this.#saved.set(seq, earlier === hash ? hash : "conflicting checkpoints");
    }
  }

  get nextSeq(): number {
    return this.last.seq + 1;
  }

  /**
   * Checks the next entry and returns the problem, if there is one. The checks run in the order of docs/audit.md,
   * because the first failed check names the problem. `parseProblem` says why there is no entry.
   */
  add(entry: Entry | undefined, parseProblem: string): Broken | undefined {
    if (this.#gap) return this.#classifyGap(this.#gap, entry);
    const seq = this.nextSeq;
    if (!entry) return broken(seq, "edited", parseProblem);
    if (entry.workspaceId !== this.#workspaceId)
      return broken(seq, "foreign", "it belongs to another workspace");
    if (entry.seq < seq) return broken(seq, "repeated", `entry ${entry.seq} appears there again`);
    if (entry.seq > seq) {
      this.#gap = { seq, found: entry.seq };
      return undefined;
    }
    const hash = chainedHash(this.last.hash, entry.text);
    if (hash === undefined || hash !== entry.hash) {
      return broken(seq, "edited", "its hash does not match its text and the previous entry");
    }
    const wrong = invalidPersonalValue(entry);
    if (wrong !== undefined) return broken(seq, "personal", `its ${wrong} does not match the commitment`);
    const saved = this.#saved.get(seq) ?? hash;
    if (saved !== hash) return broken(seq, "rewritten", "a checkpoint has a different hash for it");
    this.last = { seq, hash };
    return undefined;
  }

  /** Returns the problem that is certain only after the last entry. */
  end(): Broken | undefined {
    if (this.#gap) return broken(this.#gap.seq, "missing", `entry ${this.#gap.found} is at its position`);
    return undefined;
  }

  /** Returns `reordered` when the absent entry comes later; otherwise `end` reports it as missing. */
  #classifyGap({ seq, found }: { seq: number; found: number }, entry: Entry | undefined): Broken | undefined {
    if (entry?.workspaceId !== this.#workspaceId || entry.seq !== seq) return undefined;
    return broken(seq, "reordered", `entry ${found} is at its position`);
  }
}
