import { isProjoError } from "@projostack/sdk";
import { checkpointIn, pointOf } from "../../audit/checkpoint.ts";
import { type Point, pointIn, START } from "../../audit/point.ts";
import { CliError, interrupted, usageError } from "../../cli-error.ts";
import type { Cli } from "../../cli.ts";
import { isServiceKeySet } from "../../credentials/service-key.ts";
import { exitCodeOf, explain } from "../../explain.ts";
import type { WorkspaceClient } from "../../server.ts";
import { showRate } from "../../terminal/progress.ts";
import { whenGranted } from "../../when-granted.ts";
import { readCheckpoints, type SavedCheckpoint } from "./input-files.ts";
import { printWrong } from "./print-wrong.ts";

interface LogToVerify {
  /** `SEQ:HASH` */
  after: string | undefined;
  checkpoints: readonly string[];
}

/** Has the server check its log, part by part. */
export async function verifyOnServer(cli: Cli, { after, checkpoints }: LogToVerify): Promise<void> {
  const begin = after === undefined ? START : parsePoint(after);
  const saved = await readCheckpoints(cli.io, checkpoints);
  const early = saved.filter(({ seq }) => seq <= begin.seq && begin.seq > 0);
  if (early.length > 0) {
    const names = early.map(({ name }) => name).join(", ");
    throw usageError(`${names}: of an entry that --after leaves out. Leave --after out to check against it.`);
  }
  const workspace = await (await cli.server()).workspace();
  const progress = showRate(cli.io, cli);
  const control = new AbortController();
  const release = cli.io.onInterrupt(() => control.abort());
  let last = begin;
  try {
    const end = endOf(await workspace.audit.checkpoint({}, { signal: control.signal }));
    for await (const point of goodPoints(workspace, { begin, saved, signal: control.signal })) {
      last = point;
      progress.update(Math.min(last.seq / Math.max(end, last.seq, 1), 1), last.seq - begin.seq);
    }
  } catch (error) {
    if (error instanceof WrongLog)
      printWrong(cli, error, "Save what you have: exports and checkpoints made earlier.");
    throw brokenOff(cli, error, { begin, last, isStopped: control.signal.aborted });
  } finally {
    release();
    progress.stop();
  }
  const entries = last.seq - begin.seq;
  if (cli.json) cli.value({ intact: true, entries, lastSeq: last.seq, lastHash: last.hash });
  else {
    const counted = entries === 1 ? "1 entry" : `${entries} entries`;
    cli.line(`Intact, the server says: ${counted}, up to ${last.seq}:${last.hash}`);
  }
}

function parsePoint(text: string): Point {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  const point = pointIn({ seq: Number(seq), hash });
  if (!point) throw usageError(`--after: "${text}" is not SEQ:HASH, as an earlier check has printed it.`);
  return point;
}

/** Where the log ends, for the progress alone. */
function endOf(signed: unknown): number {
  const checkpoint = checkpointIn(signed);
  return (checkpoint && pointOf(checkpoint)?.seq) ?? 0;
}

/** The server's own verdict. */
class WrongLog extends Error {
  readonly seq: number;
  readonly problem: string;

  constructor({ seq, kind, message }: { seq: number; kind: string; message: string }) {
    super(message);
    this.seq = seq;
    this.problem = kind;
  }
}

/** As many entries as the server checks in one call. */
const PART = 5_000;

interface Parts {
  begin: Point;
  saved: readonly SavedCheckpoint[];
  signal: AbortSignal;
}

/**
 * The last good point of each part. A call takes one checkpoint: parts end where the next checkpoint is, so that each
 * is compared on the way, and one that is beyond the end is missed there. @throws WrongLog
 */
async function* goodPoints(
  workspace: WorkspaceClient,
  { begin, saved, signal }: Parts,
): AsyncGenerator<Point> {
  const waiting = saved.toSorted((a, b) => a.seq - b.seq);
  for (let after = begin; ;) {
    const [next] = waiting;
    const limit = next ? Math.min(PART, Math.max(next.seq - after.seq, 1)) : PART;
    const part = await verifyPart(workspace, { after, limit, next, signal });
    if (part.problem) throw new WrongLog(part.problem);
    const last = part.last ?? after;
    if (next && last.seq >= next.seq) {
      waiting.shift();
      // Another one of the same entry: the same part once more.
      if (waiting[0]?.seq === next.seq) continue;
    }
    after = last;
    yield after;
    if (part.done && waiting.length === 0) return;
  }
}

interface Part {
  after: Point;
  limit: number;
  next: SavedCheckpoint | undefined;
  signal: AbortSignal;
}

async function verifyPart(workspace: WorkspaceClient, { after, limit, next, signal }: Part) {
  try {
    const from = after.seq === 0 ? undefined : { seq: after.seq, hash: after.hash };
    const input = { after: from, limit, checkpoint: next?.checkpoint };
    return await whenGranted(() => workspace.audit.verify(input, { signal }), signal);
  } catch (error) {
    if (!next || !isProjoError(error) || error.reason !== "checkpoint.invalid") throw error;
    throw new CliError(error.reason, `${next.name}: ${error.message} See: projo audit checkpoint --help`);
  }
}

interface Reached {
  begin: Point;
  last: Point;
  isStopped: boolean;
}

/** The error, with how to go on from where the check was. */
function brokenOff({ io }: Cli, error: unknown, { begin, last, isStopped }: Reached): unknown {
  const isStart = last.seq === begin.seq;
  const goOn = isStart
    ? ""
    : ` Good up to entry ${last.seq}. Go on: projo audit verify --after ${last.seq}:${last.hash}`;
  const details = isStart ? {} : { after: `${last.seq}:${last.hash}` };
  if (isStopped) return interrupted(`Stopped.${goOn}`, details);
  if (!isProjoError(error) || isStart) return error;
  const words = explain(error, { isServiceKey: isServiceKeySet(io) });
  return new CliError(error.reason ?? "cli.broken_off", `${words}${goOn}`, {
    exitCode: exitCodeOf(error),
    details,
    cause: error,
  });
}
