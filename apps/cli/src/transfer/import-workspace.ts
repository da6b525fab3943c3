// Imports an exported workspace into an empty one. The server knows how much is imported, so the same command continues.
import { isProjoError, type ImportedWorkspace } from "@projostack/sdk";
import { CliError } from "../cli-error.ts";
import type { WorkspaceClient } from "../connection/server.ts";
import type { Patiently } from "../import/patiently.ts";
import type { ExportDirectory } from "./export-directory.ts";
import {
  importedFiles,
  importLines,
  lineCounts,
  type ImportedFile,
  type ImportLine,
} from "./import-lines.ts";
import type { ReadManifest } from "./manifest.ts";
import { count } from "../commands/count.ts";

export interface ImportJob {
  readonly directory: ExportDirectory;
  readonly manifest: ReadManifest;
  readonly workspace: WorkspaceClient;
  readonly patiently: Patiently;
  readonly signal: AbortSignal;
  readonly message: (text: string) => void;
  /** Called with the number of lines that are imported. */
  readonly onLines: (lines: number) => void;
}

export interface Finished extends ImportedWorkspace {
  /** The number of rows that were assigned to members. */
  readonly assigned: number;
  /** The number of members of the exported workspace who have not joined yet. */
  readonly waiting: number;
}

/** The server's limits of one call: the number of lines, and the size of the body with some room. */
const PART_LINES = 100;
const PART_BYTES = 80_000;

export async function importWorkspace(job: ImportJob): Promise<Finished> {
  const { manifest, workspace, patiently, signal } = job;
  const { name, id, createdBy, createdAt } = manifest.workspace;
  const from = { sourceId: id, manifest: manifest.hash };
  const start = () => patiently(() => workspace.workspaceData.startImport(from, { signal }), signal);
  const { rows, isFinished } = await start();
  const done = Object.values(rows).reduce((sum, lines) => sum + lines, 0);
  if (done > 0 && !isFinished) job.message(`Continuing the import after ${count(done, "line")}.`);
  job.onLines(done);
  try {
    if (!isFinished) for (const file of importedFiles) await importFile(job, file, rows[file]);
  } catch (error) {
    // Another process may import the same export, and may have completed it.
    if (!isProjoError(error) || error.reason !== "import.not_running" || !(await start()).isFinished)
      throw error;
  }
  const end = { name, createdBy, createdAt, rows: lineCounts(manifest) };
  const work = await patiently(() => workspace.workspaceData.finishImport(end, { signal }), signal);
  return { ...work, ...(await assignRows(job)) };
}

async function importFile(job: ImportJob, file: ImportedFile, imported: number): Promise<void> {
  let from = 0;
  for await (const part of inParts(importLines(job.directory, job.manifest, file))) {
    const skipped = Math.max(0, imported - from);
    const left = part.slice(skipped);
    if (left.length > 0) await send(job, file, { from: from + Math.min(skipped, part.length), left });
    from += part.length;
  }
}

async function send(
  { directory, workspace, patiently, signal, onLines }: ImportJob,
  file: ImportedFile,
  { from, left }: { from: number; left: readonly ImportLine[] },
): Promise<void> {
  const input = { file, from, lines: left.map(({ text }) => text) };
  try {
    await patiently(() => workspace.workspaceData.importRows(input, { signal }), signal);
  } catch (error) {
    throw withPlace(error, directory.name, left);
  }
  onLines(left.length);
  signal.throwIfAborted();
}

/** Adds the file and the line to an error about a line. */
function withPlace(error: unknown, directory: string, lines: readonly ImportLine[]): unknown {
  if (!isProjoError(error)) return error;
  const [field, problems] = Object.entries(error.fieldErrors ?? {})[0] ?? [];
  const [first, last] = [lines[0], lines.at(-1)];
  if (!first || !last) return error;
  const exact = lines[Number(/^lines\.(\d+)$/.exec(field ?? "")?.[1] ?? Number.NaN)];
  const place = exact
    ? `${directory}/${exact.file}, line ${exact.line}`
    : `${directory}/${first.file}, lines ${first.line} to ${last.line}`;
  const message = problems ? problems.join(" ") : quotaMessages[error.reason ?? ""];
  if (message === undefined) return error;
  return new CliError(error.reason ?? "cli.import_failed", `${place}: ${message}`, { cause: error });
}

const quotaMessage = (noun: string): string =>
  `The workspace has reached its quota of ${noun}. Ask the operator to raise it, then run the same command again: it continues.`;

/** The imported rows of a workspace cannot be fewer, so only a larger quota helps. */
const quotaMessages: Readonly<Record<string, string>> = {
  "invite.too_many": quotaMessage("open invites"),
  "key.too_many": quotaMessage("service keys"),
  "project.too_many": quotaMessage("projects"),
  "task.too_many": quotaMessage("tasks"),
};

async function* inParts(lines: AsyncIterable<ImportLine>): AsyncGenerator<ImportLine[]> {
  let part: ImportLine[] = [];
  let bytes = 0;
  for await (const line of lines) {
    // In the body, the line is a JSON string.
    const size = Buffer.byteLength(JSON.stringify(line.text)) + 1;
    if (part.length > 0 && (part.length === PART_LINES || bytes + size > PART_BYTES)) {
      yield part;
      [part, bytes] = [[], 0];
    }
    part.push(line);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

const PART_ASSIGNED = 1_000;

/** Gives the rows of the members who have joined to them. */
async function assignRows({ workspace, patiently, signal }: ImportJob) {
  let assigned = 0;
  for (;;) {
    const input = { limit: PART_ASSIGNED };
    const part = await patiently(() => workspace.workspaceData.assignRows(input, { signal }), signal);
    assigned += part.assigned;
    if (part.done) return { assigned, waiting: part.waiting };
    signal.throwIfAborted();
  }
}
