// Verifies an exported log from its lines alone, as docs/audit.md describes: without a server, and without trust in the
// source of the file. It shares no code with the server, so that the same bug cannot be in both.
import { Chain } from "./chain.ts";
import {
  type Checkpoint,
  type CheckpointPoint,
  parseCheckpoint,
  checkpointProblem,
  type FindKey,
  pointOf,
} from "./checkpoint.ts";
import { parseEntry } from "./entry.ts";
import { parseObject, type JsonObject } from "./json.ts";
import type { Line } from "./lines.ts";
import { type Point, parsePoint, START } from "./point.ts";
import { broken, brokenCheckpoint, type Broken, type Verdict } from "./verdict.ts";

export interface VerifyInput {
  /** The workspace that the log must belong to. Default: the workspace in the header. */
  readonly workspaceId?: string | undefined;
  /** Required to verify signatures. */
  readonly findKey?: FindKey | undefined;
  /** Checkpoints saved earlier. They require `findKey`. */
  readonly checkpoints: readonly { readonly name: string; readonly checkpoint: Checkpoint }[];
}

/** The file is not an export. The message continues a sentence that starts with the file's name. */
export class NotAnExportError extends Error {
  override readonly name = "NotAnExportError";
}

/** Reads the lines once and stops at the first invalid line. @throws NotAnExportError */
export async function verifyExport(
  lines: AsyncGenerator<Line, undefined>,
  input: VerifyInput,
): Promise<Verdict> {
  const first: IteratorResult<Line, undefined> = await lines.next();
  const header = readHeader(first.value);
  const { after } = header;
  const workspaceId = input.workspaceId ?? header.workspaceId;
  if (header.workspaceId !== workspaceId) {
    return broken(after.seq + 1, "foreign", `the file belongs to the workspace ${header.workspaceId}`);
  }
  const points = savedPoints(input, workspaceId);
  if ("problem" in points) return points;
  const chain = new Chain({ workspaceId, after, checkpoints: points });
  let footer: JsonObject | undefined;
  for await (const { text, isWhole } of lines) {
    if (footer) {
      if (text === "") continue;
      return chain.end() ?? broken(chain.nextSeq, "edited", "a line follows the footer");
    }
    const record = parseObject(text);
    if (record && "entries" in record && !("text" in record)) {
      footer = record;
      continue;
    }
    const parseProblem = isWhole ? "its line is not an entry" : "the file ends in the middle of its line";
    const problem = chain.add(parseEntry(record), parseProblem);
    if (problem) return problem;
  }
  const entries = chain.last.seq - after.seq;
  const uncovered = points.filter(({ seq }) => seq > chain.last.seq);
  const problem =
    chain.end() ??
    checkFooter({ footer, entries, chain, workspaceId, input }) ??
    checkTruncation(uncovered, chain, footer);
  if (problem) return problem;
  const { seq: lastSeq, hash: lastHash } = chain.last;
  const presentCheckpoint = input.findKey ? "genuine" : "unchecked";
  const footerCheckpoint = (footer?.["checkpoint"] ?? null) === null ? "none" : presentCheckpoint;
  return {
    intact: true,
    workspaceId,
    after,
    entries,
    lastSeq,
    lastHash,
    footerCheckpoint,
    laterCheckpoints: uncovered.map(({ name }) => name),
    notCovered:
      uncovered.length === 0
        ? null
        : { from: chain.nextSeq, to: Math.max(...uncovered.map(({ seq }) => seq)) },
  };
}

function readHeader(line: Line | undefined): { workspaceId: string; after: Point } {
  if (line === undefined) throw new NotAnExportError("is empty");
  const header = parseObject(line.text);
  const workspaceId = header?.["workspaceId"];
  if (!header || header["format"] !== "projo-audit/1" || typeof workspaceId !== "string") {
    throw new NotAnExportError("does not start with the header of an export in NDJSON");
  }
  const after = header["after"] === undefined ? START : parsePoint(header["after"]);
  if (!after) throw new NotAnExportError('has a header with an invalid "after" field');
  return { workspaceId, after };
}

interface SavedPoint extends CheckpointPoint {
  readonly name: string;
}

function savedPoints({ checkpoints, findKey }: VerifyInput, workspaceId: string): SavedPoint[] | Broken {
  const points: SavedPoint[] = [];
  for (const { name, checkpoint } of checkpoints) {
    const why = findKey
      ? checkpointProblem(checkpoint, workspaceId, findKey)
      : "cannot be checked without a key";
    if (why !== undefined) return brokenCheckpoint(`The checkpoint ${name} ${why}.`);
    const point = pointOf(checkpoint);
    if (point) points.push({ ...point, name });
  }
  return points;
}

interface FooterCheck {
  footer: JsonObject | undefined;
  entries: number;
  chain: Chain;
  workspaceId: string;
  input: VerifyInput;
}

function checkFooter({ footer, entries, chain, workspaceId, input }: FooterCheck): Broken | undefined {
  const next = chain.nextSeq;
  if (!footer) return broken(next, "truncated", "the file ends without its footer");
  if (footer["entries"] !== entries) {
    return broken(
      next,
      "truncated",
      `the footer counts ${String(footer["entries"])} entries, not ${entries}`,
    );
  }
  const given = footer["checkpoint"] ?? null;
  if (given === null) return undefined;
  const checkpoint = parseCheckpoint(given);
  if (!checkpoint) return brokenCheckpoint("The footer's checkpoint has an invalid shape.");
  const why = input.findKey && checkpointProblem(checkpoint, workspaceId, input.findKey);
  if (why !== undefined) return brokenCheckpoint(`The footer's checkpoint ${why}.`);
  return checkFooterPoint(checkpoint, chain);
}

/**
 * Returns a problem when a saved checkpoint covers an entry after the last one, although the export was made later. The footer's
 * checkpoint has the time of the export, with the server's signature. A checkpoint that was created after it can cover later
 * entries, at least the one that records the export.
 */
function checkTruncation(
  uncovered: readonly SavedPoint[],
  chain: Chain,
  footer: JsonObject | undefined,
): Broken | undefined {
  const last = parseCheckpoint(footer?.["checkpoint"]);
  const exportedAt = last && pointOf(last)?.createdAt;
  const earlier = uncovered.filter(({ createdAt }) => exportedAt === undefined || !(createdAt >= exportedAt));
  if (earlier.length === 0) return undefined;
  const covered = Math.max(...earlier.map(({ seq }) => seq));
  return broken(chain.nextSeq, "truncated", `a checkpoint covers entry ${covered}`);
}

/** Compares the footer's checkpoint with the last entry. Without a key this finds accidents only, not a forgery. */
function checkFooterPoint(checkpoint: Checkpoint, chain: Chain): Broken | undefined {
  const { seq, hash } = chain.last;
  const point = pointOf(checkpoint);
  if (!point) return brokenCheckpoint("The footer's checkpoint has no valid text.");
  if (point.seq > seq) {
    return broken(chain.nextSeq, "truncated", `the footer's checkpoint covers entry ${point.seq}`);
  }
  if (point.seq < seq)
    return brokenCheckpoint(`The footer's checkpoint covers entry ${point.seq}, which is not the last one.`);
  return point.hash === hash
    ? undefined
    : broken(seq, "rewritten", "the footer's checkpoint has a different hash for it");
}
