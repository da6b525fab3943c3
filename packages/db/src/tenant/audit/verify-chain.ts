// Verifies a workspace's audit log from its entries alone, as docs/audit.md describes. It needs no database, does not trust
// the source of the entries, and keeps one entry in memory at a time.
import { hash as digest } from "node:crypto";

/** The personal values of an entry with the salts of their commitments. A missing name was erased or never set. */
export type PersonalRecord = Readonly<Record<string, { readonly value: string; readonly salt: string }>>;

export interface AuditRow {
  /** The text that was hashed. */
  readonly text: string;
  /** SHA-256 in hex. */
  readonly hash: string;
  readonly personal: PersonalRecord | null;
}

/** A point of a chain: the number of an entry and its hash in hex. */
export interface ChainPoint {
  readonly seq: number;
  readonly hash: string;
}

export interface ChainExpectations {
  readonly workspaceId: string;
  /** The last point that was verified before. Without it the rows begin with entry 1. */
  readonly after?: ChainPoint;
  /** Points that were saved outside the database. Those up to `after` are ignored. */
  readonly checkpoints?: readonly ChainPoint[];
}

export type ChainProblem =
  | "edited"
  | "missing"
  | "reordered"
  | "repeated"
  | "foreign"
  | "personal"
  | "rewritten"
  | "truncated";

export type ChainVerdict =
  | { readonly intact: true; readonly entries: number; readonly lastSeq: number; readonly lastHash: string }
  | {
      readonly intact: false;
      /** The number of the first wrong entry. */
      readonly seq: number;
      readonly problem: ChainProblem;
      readonly message: string;
    };

type Rows = AsyncIterable<AuditRow> | Iterable<AuditRow>;

const START: ChainPoint = { seq: 0, hash: "00".repeat(32) };

/** Reads the rows once, in their order, and stops at the first wrong entry. */
export async function verifyChain(rows: Rows, expectations: ChainExpectations): Promise<ChainVerdict> {
  const { workspaceId, after = START, checkpoints = [] } = expectations;
  const saved = byNumber(checkpoints);
  const end = Math.max(0, ...saved.keys());
  let last = after;
  let gap: { seq: number; found: number } | undefined;
  for await (const row of rows) {
    const content = contentOf(row.text);
    // A number was left out. If its entry comes later, the problem is "reordered", else "missing".
    if (gap) {
      if (content?.workspaceId === workspaceId && content.seq === gap.seq) {
        return broken(gap.seq, "reordered", `entry ${gap.found} stands in its place`);
      }
      continue;
    }
    const seq = last.seq + 1;
    if (!content) return broken(seq, "edited", "its text is not that of an entry");
    if (content.workspaceId !== workspaceId) return broken(seq, "foreign", "it is of another workspace");
    if (content.seq < seq) return broken(seq, "repeated", `entry ${content.seq} stands in its place again`);
    if (content.seq > seq) {
      gap = { seq, found: content.seq };
      continue;
    }
    if (chained(last.hash, row.text) !== row.hash) {
      return broken(seq, "edited", "its hash is not that of its text and of the entry before it");
    }
    const wrong = wrongValue(row.personal, content.commitments);
    if (wrong !== undefined) return broken(seq, "personal", `its ${wrong} is not what was committed to`);
    const savedHash = saved.get(seq);
    if (savedHash !== undefined && savedHash !== row.hash) {
      return broken(
        seq,
        "rewritten",
        "a checkpoint has another hash: it, or an entry before it, was replaced",
      );
    }
    last = { seq, hash: row.hash };
  }
  if (gap) return broken(gap.seq, "missing", `entry ${gap.found} stands in its place`);
  if (end > last.seq) return broken(last.seq + 1, "truncated", `a checkpoint knows of entry ${end}`);
  return { intact: true, entries: last.seq - after.seq, lastSeq: last.seq, lastHash: last.hash };
}

/** Two checkpoints of one entry with different hashes become "", which no entry's hash equals. */
function byNumber(checkpoints: readonly ChainPoint[]): Map<number, string> {
  const saved = new Map<number, string>();
  for (const { seq, hash } of checkpoints) saved.set(seq, (saved.get(seq) ?? hash) === hash ? hash : "");
  return saved;
}

interface Content {
  readonly workspaceId: unknown;
  readonly seq: number;
  readonly commitments: unknown;
}

function contentOf(text: string): Content | null {
  try {
    const content: unknown = JSON.parse(text);
    if (!isObject(content)) return null;
    const { workspaceId, seq, commitments } = content;
    return typeof seq === "number" ? { workspaceId, seq, commitments } : null;
  } catch {
    // The database writes only valid JSON, so a text that does not parse was edited.
    return null;
  }
}

// A lone surrogate would be hashed as U+FFFD, so a text with one would match an entry that contains U+FFFD.
const chained = (previous: string, text: string): string | null =>
  !text.isWellFormed()
    ? null
    : digest("sha256", Buffer.concat([Buffer.from(previous, "hex"), Buffer.from(text)]), "hex");

/** The name of the first personal value that does not match its commitment. */
function wrongValue(personal: unknown, commitments: unknown): string | undefined {
  if (personal === null) return undefined;
  if (!isObject(personal) || !isObject(commitments)) return "set of personal values";
  return Object.keys(personal).find((name) => !matches(personal[name], commitments[name]));
}

function matches(given: unknown, commitment: unknown): boolean {
  if (!isObject(given) || typeof given["value"] !== "string" || typeof given["salt"] !== "string")
    return false;
  // The salt has one spelling and one length, so that no part of the value can be moved into the salt.
  if (!/^[0-9a-f]{32}$/.test(given["salt"]) || !given["value"].isWellFormed()) return false;
  const bytes = Buffer.concat([Buffer.from(given["salt"], "hex"), Buffer.from(given["value"])]);
  return digest("sha256", bytes, "hex") === commitment;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const broken = (seq: number, problem: ChainProblem, why: string): ChainVerdict => ({
  intact: false,
  seq,
  problem,
  message: `Entry ${seq} is ${WORDS[problem]}: ${why}.`,
});

const WORDS: Readonly<Record<ChainProblem, string>> = {
  edited: "not as it was written",
  missing: "missing",
  reordered: "out of its place",
  repeated: "not where it was",
  foreign: "not of this log",
  personal: "not as it was written",
  rewritten: "not what it was",
  truncated: "missing at the end",
};
