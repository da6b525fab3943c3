import { chainedHash, type Entry, wrongPersonal } from "./entry.ts";
import type { Point } from "./point.ts";
import { broken, type Broken } from "./verdict.ts";

/** What is known beforehand. */
export interface Beginning {
  readonly workspaceId: string;
  readonly after: Point;
  readonly checkpoints: readonly Point[];
}

/** A chain as it is read, entry by entry. It keeps the last good point and nothing before it. */
export class Chain {
  last: Point;
  readonly #workspaceId: string;
  readonly #saved = new Map<number, string>();
  /** A number that was left out, and the entry that stands in its place. */
  #gap: { seq: number; found: number } | undefined;

  constructor({ workspaceId, after, checkpoints }: Beginning) {
    this.last = after;
    this.#workspaceId = workspaceId;
    for (const { seq, hash } of checkpoints) {
      // Two of one entry that differ leave no hash that could be right.
      const earlier = this.#saved.get(seq) ?? hash;
      this.#saved.set(seq, earlier === hash ? hash : "two that differ");
    }
  }

  get nextSeq(): number {
    return this.last.seq + 1;
  }

  /** Takes the next entry. The checks have the order of docs/audit.md, which decides what a wrong one is called. */
  take(entry: Entry | undefined, whyNone: string): Broken | undefined {
    if (this.#gap) return this.#lookFor(this.#gap, entry);
    const seq = this.nextSeq;
    if (!entry) return broken(seq, "edited", whyNone);
    if (entry.workspaceId !== this.#workspaceId) return broken(seq, "foreign", "it is of another workspace");
    if (entry.seq < seq) return broken(seq, "repeated", `entry ${entry.seq} stands in its place again`);
    if (entry.seq > seq) {
      this.#gap = { seq, found: entry.seq };
      return undefined;
    }
    const hash = chainedHash(this.last.hash, entry.text);
    if (hash === undefined || hash !== entry.hash) {
      return broken(seq, "edited", "its hash is not that of its text and of the entry before it");
    }
    const wrong = wrongPersonal(entry);
    if (wrong !== undefined) return broken(seq, "personal", `its ${wrong} is not what was committed to`);
    const kept = this.#saved.get(seq) ?? hash;
    if (kept !== hash) return broken(seq, "rewritten", "a checkpoint has another hash of it");
    this.last = { seq, hash };
    return undefined;
  }

  /** What is wrong once there are no more entries. */
  end(): Broken | undefined {
    if (this.#gap) return broken(this.#gap.seq, "missing", `entry ${this.#gap.found} stands in its place`);
    return undefined;
  }

  /** The last entry that a checkpoint knows of and that is not there. */
  beyond(): Broken | undefined {
    const known = Math.max(0, ...this.#saved.keys());
    if (known <= this.last.seq) return undefined;
    return broken(this.nextSeq, "truncated", `a checkpoint knows of entry ${known}`);
  }

  /** Whether the entry that was left out comes later decides what the gap is called. */
  #lookFor({ seq, found }: { seq: number; found: number }, entry: Entry | undefined): Broken | undefined {
    if (entry?.workspaceId !== this.#workspaceId || entry.seq !== seq) return undefined;
    return broken(seq, "reordered", `entry ${found} stands in its place`);
  }
}
