// Checks an exported log from its lines alone, as docs/audit.md describes it: no server, and no trust in whoever hands
// the file over. It shares no code with the server, so that a mistake in one does not hide in the other.
import { Chain } from "./chain.ts";
import { type Checkpoint, checkpointIn, distrusted, type FindKey, pointOf } from "./checkpoint.ts";
import { entryIn } from "./entry.ts";
import { objectIn, type JsonObject } from "./json.ts";
import type { Line } from "./lines.ts";
import { type Point, pointIn, START } from "./point.ts";
import { broken, brokenCheckpoint, type Broken, type Verdict } from "./verdict.ts";

export interface Known {
  /** Whose log it is to be. Left out, the header is believed. */
  readonly workspaceId?: string | undefined;
  /** Without it, no signature can be checked. */
  readonly findKey?: FindKey | undefined;
  /** Saved earlier; with them there must be a key. */
  readonly checkpoints: readonly { readonly name: string; readonly checkpoint: Checkpoint }[];
}

/** The file is not an export; why, in words that continue "it". */
export class NotAnExportError extends Error {
  override readonly name = "NotAnExportError";
}

/** Reads the lines once and stops at the first that is wrong. @throws NotAnExportError */
export async function verifyExport(lines: AsyncGenerator<Line, undefined>, known: Known): Promise<Verdict> {
  const first: IteratorResult<Line, undefined> = await lines.next();
  const header = readHeader(first.value);
  const { after } = header;
  const workspaceId = known.workspaceId ?? header.workspaceId;
  if (header.workspaceId !== workspaceId) {
    return broken(after.seq + 1, "foreign", `the file is of the workspace ${header.workspaceId}`);
  }
  const points = savedPoints(known, workspaceId);
  if ("problem" in points) return points;
  const chain = new Chain({ workspaceId, after, checkpoints: points });
  let footer: JsonObject | undefined;
  for await (const { text, isWhole } of lines) {
    if (footer) {
      if (text === "") continue;
      return chain.end() ?? broken(chain.nextSeq, "edited", "a line comes after the footer");
    }
    const record = objectIn(text);
    if (record && "entries" in record && !("text" in record)) {
      footer = record;
      continue;
    }
    const whyNone = isWhole ? "its line is not an entry's" : "the file breaks off in its line";
    const wrong = chain.take(entryIn(record), whyNone);
    if (wrong) return wrong;
  }
  const entries = chain.last.seq - after.seq;
  const wrong = chain.end() ?? wrongFooter({ footer, entries, chain, workspaceId, known }) ?? chain.beyond();
  if (wrong) return wrong;
  const { seq: lastSeq, hash: lastHash } = chain.last;
  const shown = known.findKey ? "genuine" : "unchecked";
  const footerCheckpoint = (footer?.["checkpoint"] ?? null) === null ? "none" : shown;
  return { intact: true, workspaceId, after, entries, lastSeq, lastHash, footerCheckpoint };
}

function readHeader(line: Line | undefined): { workspaceId: string; after: Point } {
  if (line === undefined) throw new NotAnExportError("is empty");
  const header = objectIn(line.text);
  const workspaceId = header?.["workspaceId"];
  if (!header || header["format"] !== "projo-audit/1" || typeof workspaceId !== "string") {
    throw new NotAnExportError("does not begin with the header of an export in NDJSON");
  }
  const after = header["after"] === undefined ? START : pointIn(header["after"]);
  if (!after) throw new NotAnExportError("does not say in its header after which entry it begins");
  return { workspaceId, after };
}

function savedPoints({ checkpoints, findKey }: Known, workspaceId: string): Point[] | Broken {
  const points: Point[] = [];
  for (const { name, checkpoint } of checkpoints) {
    const why = findKey ? distrusted(checkpoint, workspaceId, findKey) : "cannot be checked without a key";
    if (why !== undefined) return brokenCheckpoint(`The checkpoint ${name} ${why}.`);
    const point = pointOf(checkpoint);
    if (point) points.push(point);
  }
  return points;
}

interface Closing {
  footer: JsonObject | undefined;
  entries: number;
  chain: Chain;
  workspaceId: string;
  known: Known;
}

function wrongFooter({ footer, entries, chain, workspaceId, known }: Closing): Broken | undefined {
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
  const checkpoint = checkpointIn(given);
  if (!checkpoint) return brokenCheckpoint("The footer's checkpoint is not one.");
  const why = known.findKey && distrusted(checkpoint, workspaceId, known.findKey);
  if (why !== undefined) return brokenCheckpoint(`The footer's checkpoint ${why}.`);
  return wrongEnd(checkpoint, chain);
}

/** Without a key this shows mistakes at least: a forger would not make them. */
function wrongEnd(checkpoint: Checkpoint, chain: Chain): Broken | undefined {
  const { seq, hash } = chain.last;
  const point = pointOf(checkpoint);
  if (!point) return brokenCheckpoint("The footer's checkpoint does not say what a checkpoint says.");
  if (point.seq > seq) {
    return broken(chain.nextSeq, "truncated", `the footer's checkpoint knows of entry ${point.seq}`);
  }
  if (point.seq < seq)
    return brokenCheckpoint(`The footer's checkpoint is of entry ${point.seq}, not of the last.`);
  return point.hash === hash
    ? undefined
    : broken(seq, "rewritten", "the footer's checkpoint has another hash of it");
}
