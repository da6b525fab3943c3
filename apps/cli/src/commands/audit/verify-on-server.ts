import { isProjoError } from "@projostack/sdk";
import { parseCheckpoint, pointOf } from "../../audit/checkpoint.ts";
import { type Point, parsePoint, START } from "../../audit/point.ts";
import { CliError, interrupted, usageError } from "../../cli-error.ts";
import type { Cli } from "../../cli.ts";
import { callerOf } from "../../credentials/service-key.ts";
import { exitCodeOf } from "../../exit-code.ts";
import { explain } from "../../explain.ts";
import type { WorkspaceClient } from "../../connection/server.ts";
import { showRate } from "../../terminal/progress.ts";
import { retryAfterLimit } from "../../connection/retry-after-limit.ts";
import { readCheckpoints, type SavedCheckpoint } from "./input-files.ts";
import { failVerification } from "./fail-verification.ts";

interface LogToVerify {
  /** The position to start after, as `SEQ:HASH`. */
  after: string | undefined;
  checkpoints: readonly string[];
}

/** Makes the server verify its log, part by part. */
export async function verifyOnServer(cli: Cli, { after, checkpoints }: LogToVerify): Promise<void> {
  const start = after === undefined ? START : parseAfter(after);
  const saved = await readCheckpoints(cli.io, checkpoints);
  const early = saved.filter(({ seq }) => seq <= start.seq && start.seq > 0);
  if (early.length > 0) {
    const names = early.map(({ name }) => name).join(", ");
    throw usageError(
      `${names}: the checkpoint is before the position of --after. Omit --after to compare with it.`,
    );
  }
  const workspace = await (await cli.server()).workspace();
  const progress = showRate(cli.io, cli);
  const control = new AbortController();
  const release = cli.io.onInterrupt(() => control.abort());
  let last = start;
  try {
    const end = endOf(await workspace.audit.checkpoint({}, { signal: control.signal }));
    for await (const point of validPoints(workspace, { start, saved, signal: control.signal })) {
      last = point;
      progress.update(Math.min(last.seq / Math.max(end, last.seq, 1), 1), last.seq - start.seq);
    }
  } catch (error) {
    if (error instanceof LogProblem)
      failVerification(cli, error, "Keep all earlier exports and checkpoints as evidence.");
    throw withContinuation(cli, error, { start, last, isStopped: control.signal.aborted });
  } finally {
    release();
    progress.stop();
  }
  const entries = last.seq - start.seq;
  if (cli.json) cli.value({ intact: true, entries, lastSeq: last.seq, lastHash: last.hash });
  else {
    const counted = entries === 1 ? "1 entry" : `${entries} entries`;
    cli.line(`Intact according to the server: ${counted}, up to ${last.seq}:${last.hash}`);
  }
}

function parseAfter(text: string): Point {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  const point = parsePoint({ seq: Number(seq), hash });
  if (!point)
    throw usageError(
      `--after: "${text}" is not of the form SEQ:HASH. Copy the value that an earlier verification printed.`,
    );
  return point;
}

/** Returns the number of the last entry, for the progress bar only. */
function endOf(signed: unknown): number {
  const checkpoint = parseCheckpoint(signed);
  return (checkpoint && pointOf(checkpoint)?.seq) ?? 0;
}

/** A problem that the server found in its log. */
class LogProblem extends Error {
  readonly seq: number;
  readonly problem: string;

  constructor({ seq, kind, message }: { seq: number; kind: string; message: string }) {
    super(message);
    this.seq = seq;
    this.problem = kind;
  }
}

/** The server's limit of entries in one call. */
const PART_SIZE = 5_000;

interface Parts {
  start: Point;
  saved: readonly SavedCheckpoint[];
  signal: AbortSignal;
}

/**
 * Yields the last valid point of each part. A call takes one checkpoint, so a part ends at the next checkpoint: each is
 * compared, and one after the end of the log is reported. @throws LogProblem
 */
async function* validPoints(
  workspace: WorkspaceClient,
  { start, saved, signal }: Parts,
): AsyncGenerator<Point> {
  const remaining = saved.toSorted((a, b) => a.seq - b.seq);
  for (let after = start; ;) {
    const [next] = remaining;
    const limit = next ? Math.min(PART_SIZE, Math.max(next.seq - after.seq, 1)) : PART_SIZE;
    const part = await verifyPart(workspace, { after, limit, next, signal });
    if (part.problem) throw new LogProblem(part.problem);
    const last = part.last ?? after;
    if (next && last.seq >= next.seq) {
      remaining.shift();
      // The next checkpoint is of the same entry: verify the same part again with it.
      if (remaining[0]?.seq === next.seq) continue;
    }
    after = last;
    yield after;
    if (part.done && remaining.length === 0) return;
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
    return await retryAfterLimit(() => workspace.audit.verify(input, { signal }), signal);
  } catch (error) {
    if (!next || !isProjoError(error) || error.reason !== "checkpoint.invalid") throw error;
    throw new CliError(error.reason, `${next.name}: ${error.message} See: projo audit checkpoint --help`);
  }
}

interface Reached {
  start: Point;
  last: Point;
  isStopped: boolean;
}

/** Adds to the error the command that continues the verification. */
function withContinuation({ io }: Cli, error: unknown, { start, last, isStopped }: Reached): unknown {
  const isStart = last.seq === start.seq;
  const next = isStart
    ? ""
    : ` The log is intact up to entry ${last.seq}. To continue, run: projo audit verify --after ${last.seq}:${last.hash}`;
  const details = isStart ? {} : { after: `${last.seq}:${last.hash}` };
  if (isStopped) return interrupted(`Stopped.${next}`, details);
  if (!isProjoError(error) || isStart) return error;
  const message = explain(error, callerOf(io));
  return new CliError(error.reason ?? "cli.broken_off", `${message}${next}`, {
    exitCode: exitCodeOf(error),
    details,
    cause: error,
  });
}
