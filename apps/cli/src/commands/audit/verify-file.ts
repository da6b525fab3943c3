import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { readLines } from "../../audit/lines.ts";
import type { Verdict, Intact } from "../../audit/verdict.ts";
import { NotAnExportError, verifyExport } from "../../audit/verify-export.ts";
import { interrupted, usageError } from "../../cli-error.ts";
import type { Cli } from "../../cli.ts";
import { readId } from "../../names/ids.ts";
import { showRate } from "../../terminal/progress.ts";
import { joinWords } from "../count.ts";
import { readCheckpoints, readKeys } from "./input-files.ts";
import { failVerification } from "./fail-verification.ts";

interface FileToVerify {
  file: string;
  key: string | undefined;
  checkpoints: readonly string[];
  workspaceId: string | undefined;
}

/** Verifies an exported file without a server: sends nothing and reads no credentials. */
export async function verifyFile(
  cli: Cli,
  { file, key, checkpoints, workspaceId: givenId }: FileToVerify,
): Promise<void> {
  const workspaceId = givenId === undefined ? undefined : readId(givenId);
  if (givenId !== undefined && workspaceId === undefined) {
    throw usageError(
      "Use the id of the workspace: a name needs the server, and a file is verified without it. See: projo workspaces list",
    );
  }
  if (key === undefined && checkpoints.length > 0) {
    throw usageError(
      "--checkpoint needs --key: without the key, the signature of the checkpoint cannot be verified.",
    );
  }
  const findKey = key === undefined ? undefined : await readKeys(cli.io, key);
  const saved = await readCheckpoints(cli.io, checkpoints);
  const bytes = file === "-" ? undefined : await sizeOf(cli, file);
  const source = { file, bytes };
  const verdict = await read(cli, source, (lines) =>
    verifyExport(lines, { workspaceId, findKey, checkpoints: saved }),
  );
  if (verdict.intact) printIntact(cli, verdict);
  else
    failVerification(
      cli,
      verdict,
      "Keep the file and export the log again. If the new export is not intact either, the log was changed.",
    );
}

interface Source {
  file: string;
  /** The size of the file; undefined for standard input. */
  bytes: number | undefined;
}

async function read(
  cli: Cli,
  { file, bytes }: Source,
  verify: (lines: ReturnType<typeof readLines>) => Promise<Verdict>,
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
  async function* counted(): ReturnType<typeof readLines> {
    for await (const line of readLines(chunks())) {
      lines += 1;
      yield line;
    }
  }
  try {
    const verdict = await verify(counted());
    // The header and the footer are lines, but not entries.
    if (verdict.intact) progress.update(1, verdict.entries);
    return verdict;
  } catch (error) {
    if (control.signal.aborted)
      throw interrupted(
        "Stopped. No problem was found so far. Run the command again to verify the whole file.",
      );
    if (!(error instanceof NotAnExportError)) throw error;
    const name = file === "-" ? "Standard input" : file;
    throw usageError(`${name} ${error.message}. Create an export: projo audit export --out FILE`);
  } finally {
    release();
    progress.stop();
  }
}

async function sizeOf({ io }: Cli, file: string): Promise<number> {
  const found = await stat(resolve(io.workingDirectory, file)).catch(() => undefined);
  if (!found) throw usageError(`The file ${file} does not exist or cannot be read. Check the path.`);
  if (found.isDirectory())
    throw usageError(`${file} is a directory. Use a file written by projo audit export.`);
  return found.size;
}

/** Prints that the file is intact, and which parts were not verified. */
function printIntact(cli: Cli, verdict: Intact): void {
  const { workspaceId, after, entries, lastSeq, footerCheckpoint, laterCheckpoints, notCovered } = verdict;
  if (cli.json) cli.value(verdict);
  else {
    const range = entries === 0 ? "" : `, ${after.seq + 1} to ${lastSeq}`;
    cli.line(
      `Intact: ${entries === 1 ? "1 entry" : `${entries} entries`}${range}, of the workspace ${workspaceId}`,
    );
  }
  if (after.seq > 0)
    cli.message(`The file starts after entry ${after.seq}. Earlier entries were not verified.`);
  if (notCovered) {
    const { from, to } = notCovered;
    const [range, them] =
      from === to ? [`Entry ${from} was`, "it"] : [`Entries ${from} to ${to} were`, "them"];
    const names = `${joinWords(laterCheckpoints)} ${laterCheckpoints.length === 1 ? "was" : "were"}`;
    const same = laterCheckpoints.length === 1 ? "checkpoint" : "checkpoints";
    cli.message(
      `${range} not verified: the log had ${them} when ${names} created, after this export, and the file does not contain ${them}. An export does not contain the entry that records it. To verify ${them} too, export the log again, and verify the new file with the same ${same}.`,
    );
  }
  if (footerCheckpoint === "unchecked") {
    cli.message(
      "The footer's checkpoint was not verified, so the file may have been truncated or rewritten. Add --key with the server's public keys (URL/.well-known/projo-audit-keys.json).",
    );
  }
  if (footerCheckpoint === "none")
    cli.message("The file has no checkpoint, so entries may be missing at its end.");
}
