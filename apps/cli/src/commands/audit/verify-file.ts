import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { linesOf } from "../../audit/lines.ts";
import type { Verdict, Whole } from "../../audit/verdict.ts";
import { NotAnExportError, verifyExport } from "../../audit/verify-export.ts";
import { interrupted, usageError } from "../../cli-error.ts";
import type { Cli } from "../../cli.ts";
import { isId } from "../../names/ids.ts";
import { showRate } from "../../terminal/progress.ts";
import { readCheckpoints, readKeys } from "./input-files.ts";
import { printWrong } from "./print-wrong.ts";

interface FileToVerify {
  file: string;
  key: string | undefined;
  checkpoints: readonly string[];
  workspaceId: string | undefined;
}

/** Checks an export without any server: nothing is sent, and no sign-in is read. */
export async function verifyFile(
  cli: Cli,
  { file, key, checkpoints, workspaceId }: FileToVerify,
): Promise<void> {
  if (workspaceId !== undefined && !isId(workspaceId)) {
    throw usageError("Name the workspace by its id: no server is asked for it. See: projo workspaces list");
  }
  if (key === undefined && checkpoints.length > 0) {
    throw usageError("--checkpoint needs --key: without it anyone could have made the checkpoint.");
  }
  const findKey = key === undefined ? undefined : await readKeys(cli.io, key);
  const saved = await readCheckpoints(cli.io, checkpoints);
  const bytes = file === "-" ? undefined : await sizeOf(cli, file);
  const source = { file, bytes };
  const verdict = await read(cli, source, (lines) =>
    verifyExport(lines, { workspaceId, findKey, checkpoints: saved }),
  );
  if (verdict.intact) printWhole(cli, verdict);
  else
    printWrong(
      cli,
      verdict,
      "Keep the file, and export again: if that is not intact either, the log is not.",
    );
}

interface Source {
  file: string;
  /** Undefined of what is piped in. */
  bytes: number | undefined;
}

async function read(
  cli: Cli,
  { file, bytes }: Source,
  verify: (lines: ReturnType<typeof linesOf>) => Promise<Verdict>,
): Promise<Verdict> {
  const { io } = cli;
  const input = bytes === undefined ? io.stdin : createReadStream(resolve(io.workingDirectory, file));
  const progress = showRate(io, cli);
  const control = new AbortController();
  const release = io.onInterrupt(() => control.abort());
  let bytesRead = 0;
  let lines = 0;
  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of input) {
      control.signal.throwIfAborted();
      const piece = Buffer.from(chunk as Buffer | string);
      yield piece;
      bytesRead += piece.length;
      progress.update(bytes ? Math.min(bytesRead / bytes, 1) : 0, lines);
    }
  }
  async function* counted(): ReturnType<typeof linesOf> {
    for await (const line of linesOf(chunks())) {
      lines += 1;
      yield line;
    }
  }
  try {
    const verdict = await verify(counted());
    // Header and footer are no entries.
    if (verdict.intact) progress.update(1, verdict.entries);
    return verdict;
  } catch (error) {
    if (control.signal.aborted)
      throw interrupted("Stopped. Nothing was found wrong up to there; check it again.");
    if (!(error instanceof NotAnExportError)) throw error;
    const name = file === "-" ? "What is piped in" : file;
    throw usageError(`${name} ${error.message}. Make an export: projo audit export --out FILE`);
  } finally {
    release();
    progress.stop();
  }
}

async function sizeOf({ io }: Cli, file: string): Promise<number> {
  const found = await stat(resolve(io.workingDirectory, file)).catch(() => undefined);
  if (!found) throw usageError(`There is no file ${file} that can be read. Check its path.`);
  if (found.isDirectory()) throw usageError(`${file} is a directory. Name a file of projo audit export.`);
  return found.size;
}

/** Whether it is intact, and what was not looked at. */
function printWhole(cli: Cli, verdict: Whole): void {
  const { workspaceId, after, entries, lastSeq, footerCheckpoint } = verdict;
  if (cli.json) cli.value(verdict);
  else {
    const range = entries === 0 ? "" : `, ${after.seq + 1} to ${lastSeq}`;
    cli.line(
      `Intact: ${entries === 1 ? "1 entry" : `${entries} entries`}${range}, of the workspace ${workspaceId}`,
    );
  }
  if (after.seq > 0) cli.say(`The file begins after entry ${after.seq}: what came before was not checked.`);
  if (footerCheckpoint === "unchecked") {
    cli.say(
      "The footer's checkpoint was not checked, so the file may have been cut off or written anew: give the server's public key with --key (URL/.well-known/projo-audit-keys.json).",
    );
  }
  if (footerCheckpoint === "none")
    cli.say("The file has no checkpoint: entries may have been cut off its end.");
}
