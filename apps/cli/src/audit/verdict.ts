import type { Point } from "./point.ts";

/** What can be wrong, by the names of docs/audit.md. */
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
  /** The first entry that is wrong; null when it is a checkpoint. */
  readonly seq: number | null;
  readonly problem: Problem;
  readonly message: string;
}

export interface Whole {
  readonly intact: true;
  readonly workspaceId: string;
  /** The entry before the first; number 0 when the log is here from its beginning. */
  readonly after: Point;
  readonly entries: number;
  readonly lastSeq: number;
  readonly lastHash: string;
  /** `unchecked` without a key to check it with. */
  readonly footerCheckpoint: "none" | "genuine" | "unchecked";
}

export type Verdict = Whole | Broken;

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
  edited: "not as it was written",
  foreign: "not of this log",
  repeated: "not where it was",
  reordered: "out of its place",
  missing: "missing",
  personal: "not as it was written",
  rewritten: "not what it was",
  truncated: "missing at the end",
};
