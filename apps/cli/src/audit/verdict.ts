import type { Point } from "./point.ts";

/** The kinds of problem, with the names that docs/audit.md uses. */
export type Problem =
  | "edited"
  | "foreign"
  | "repeated"
  | "reordered"
  | "missing"
  | "personal"
  | "rewritten"
  | "truncated"
  | "checkpoint";

export interface Broken {
  readonly intact: false;
  /** The number of the first invalid entry; null when a checkpoint is invalid. */
  readonly seq: number | null;
  readonly problem: Problem;
  readonly message: string;
}

export interface Intact {
  readonly intact: true;
  readonly workspaceId: string;
  /** The position before the first entry of the file; `seq` is 0 when the file holds the log from its start. */
  readonly after: Point;
  readonly entries: number;
  readonly lastSeq: number;
  readonly lastHash: string;
  /** `unchecked` when no key was given to verify the signature. */
  readonly footerCheckpoint: "none" | "genuine" | "unchecked";
  /** The names of checkpoints that were created after the export, of entries that the file therefore does not contain. */
  readonly laterCheckpoints: readonly string[];
  /** The entries of these checkpoints that the file does not contain: nothing is known of them. Null without such a checkpoint. */
  readonly notCovered: { readonly from: number; readonly to: number } | null;
}

export type Verdict = Intact | Broken;

export const broken = (seq: number, problem: Exclude<Problem, "checkpoint">, why: string): Broken => ({
  intact: false,
  seq,
  problem,
  message: `Entry ${seq} is ${WORDS[problem]}: ${why}.`,
});

export const brokenCheckpoint = (message: string): Broken => ({
  intact: false,
  seq: null,
  problem: "checkpoint",
  message,
});

const WORDS: Readonly<Record<Exclude<Problem, "checkpoint">, string>> = {
  edited: "changed",
  foreign: "not part of this log",
  repeated: "not at its position",
  reordered: "out of order",
  missing: "missing",
  personal: "changed",
  rewritten: "rewritten",
  truncated: "missing at the end",
};
