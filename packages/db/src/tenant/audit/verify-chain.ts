// Checks a workspace's log from its entries alone, as docs/audit.md describes it: no database, no trust in whoever
// hands the entries over, and no more than one entry in memory.
import { hash as digest } from "node:crypto";

/** A personal value with what it was committed with; a name that is not there was erased, or never was. */
export type PersonalRecord = Readonly<Record<string, { readonly value: string; readonly salt: string }>>;

export interface AuditRow {
  /** The very text that was hashed. */
  readonly text: string;
  /** In hex. */
  readonly hash: string;
  readonly personal: PersonalRecord | null;
}

/** A place in a chain: an entry's number and, in hex, its hash. */
export interface ChainPoint {
  readonly seq: number;
  readonly hash: string;
}

export interface ChainExpectations {
  readonly workspaceId: string;
  /** Where the rows go on from. Without it they begin with entry 1. */
  readonly after?: ChainPoint;
  /** Points that were saved outside the database; those up to `after` are not looked at. */
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
      /** The first entry that is not as it was written. */
      readonly seq: number;
      readonly problem: ChainProblem;
      readonly message: string;
    };

type Rows = AsyncIterable<AuditRow> | Iterable<AuditRow>;

const START: ChainPoint = { seq: 0, hash: "00".repeat(32) };

/** Reads the rows once, in their order, and stops at the first that is wrong. */
export async function verifyChain(rows: Rows, expectations: ChainExpectations): Promise<ChainVerdict> {
  const { workspaceId, after = START, checkpoints = [] } = expectations;
  const saved = byNumber(checkpoints);
  const end = Math.max(0, ...saved.keys());
  let last = after;
  let gap: { seq: number; found: number } | undefined;
  for await (const row of rows) {
    const said = contentOf(row.text);
    // A number was left out. Whether its entry comes later decides what it is called.
    if (gap) {
      if (said?.workspaceId === workspaceId && said.seq === gap.seq) {
        return broken(gap.seq, "reordered", `entry ${gap.found} stands in its place`);
      }
      continue;
    }
    const seq = last.seq + 1;
    if (!said) return broken(seq, "edited", "its text is not that of an entry");
    if (said.workspaceId !== workspaceId) return broken(seq, "foreign", "it is of another workspace");
    if (said.seq < seq) return broken(seq, "repeated", `entry ${said.seq} stands in its place again`);
    if (said.seq > seq) {
      gap = { seq, found: said.seq };
      continue;
    }
    if (chained(last.hash, row.text) !== row.hash) {
      return broken(seq, "edited", "its hash is not that of its text and of the entry before it");
    }
    const wrong = wrongValue(row.personal, said.commitments);
    if (wrong !== undefined) return broken(seq, "personal", `its ${wrong} is not what was committed to`);
    const kept = saved.get(seq);
    if (kept !== undefined && kept !== row.hash) {
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

/** Two that name one entry and differ leave no hash that could be right. */
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
    // What does not parse was not written by the database.
    return null;
  }
}

// Half a surrogate pair would be hashed as U+FFFD, and pass where that was written.
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
  // Of one spelling and one length, so that no part of the value passes for salt.
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
