// The lines of an export in the form in which the server imports them.
import { parseObject, type JsonObject } from "../audit/json.ts";
import { NotAnExportError, verifyExport } from "../audit/verify-export.ts";
import type { ExportDirectory } from "./export-directory.ts";
import { AUDIT, historyFile, tableFiles, tables } from "./files.ts";
import { invalid, type Manifest } from "./manifest.ts";

export type ImportedFile = (typeof tables)[number] | "history";

/** A line, and its place for a message. */
export interface ImportLine {
  readonly text: string;
  readonly file: string;
  readonly line: number;
}

/** The files in the order of their import. */
export const importedFiles: readonly ImportedFile[] = [...tables, "history"];

/** The number of lines of each file. The logs of earlier servers and the last log are one file for the server. */
export function lineCounts({ files }: Manifest): Record<ImportedFile, number> {
  const counts = Object.fromEntries(
    tables.map((table) => [table, files[tableFiles[table]]?.lines ?? 0]),
  ) as Record<ImportedFile, number>;
  counts.history = logsOf(files).reduce((sum, log) => sum + (files[log]?.lines ?? 0), 0);
  return counts;
}

/** The files of audit logs, the oldest first. The last one is the log of the server that exported the workspace. */
function logsOf(files: Manifest["files"]): string[] {
  const logs: string[] = [];
  for (let log = 1; historyFile(log) in files; log += 1) logs.push(historyFile(log));
  return [...logs, AUDIT];
}

export async function* importLines(
  directory: ExportDirectory,
  { files }: Manifest,
  file: ImportedFile,
): AsyncGenerator<ImportLine> {
  if (file !== "history") {
    const name = tableFiles[file];
    let line = 0;
    for await (const { text } of directory.lines(name)) yield { text, file: name, line: (line += 1) };
    return;
  }
  for (const [at, name] of logsOf(files).entries()) {
    let line = 0;
    for await (const { text } of directory.lines(name)) {
      line += 1;
      yield { text: JSON.stringify({ log: at + 1, line, ...partsOf(text) }), file: name, line };
    }
  }
}

/** The parts of an entry, or a header or footer as it is. */
function partsOf(line: string): object {
  const found = parseObject(line);
  return found && typeof found["text"] === "string" && typeof found["hash"] === "string"
    ? { text: found["text"], hash: found["hash"], personal: found["personal"] ?? null }
    : { text: line };
}

/** The longest line that a server accepts, in UTF-16 code units. */
const MAX_LINE_LENGTH = 30_000;

/**
 * Checks that each line is a JSON object with the next id, that each task belongs to a project, and that each log is intact.
 * @throws CliError with the file and the line
 */
export async function checkLines(directory: ExportDirectory, manifest: Manifest): Promise<void> {
  const projects = new Set<unknown>();
  for (const file of importedFiles) {
    let last = "";
    for await (const line of importLines(directory, manifest, file)) {
      const row = parseObject(line.text);
      const problem =
        lengthProblem(line.text) ??
        (row ? (file === "history" ? undefined : rowProblem(row, last)) : "Must be a JSON object.");
      if (problem !== undefined)
        throw invalid(`${directory.name}/${line.file}, line ${line.line}: ${problem}`);
      if (file === "projects") projects.add(row?.["id"]);
      if (file === "tasks" && !projects.has(row?.["projectId"]))
        throw invalid(
          `${directory.name}/${line.file}, line ${line.line}: projectId: ${tableFiles.projects} has no project with this id.`,
        );
      last = String(row?.["id"]);
    }
  }
  for (const log of logsOf(manifest.files)) await checkLog(directory, manifest, log);
}

const lengthProblem = (text: string): string | undefined =>
  text.length > MAX_LINE_LENGTH ? "Must have at most 30,000 characters." : undefined;

/** The rows are in the order of their ids, so a repeated row is found without a list of them. */
function rowProblem({ id }: JsonObject, last: string): string | undefined {
  if (typeof id !== "string") return "id: Is missing.";
  if (id === last) return "id: Is the same as in the line before.";
  return id < last
    ? "id: Must be greater than in the line before: the rows are in the order of their ids."
    : undefined;
}

async function checkLog(directory: ExportDirectory, { workspace }: Manifest, log: string): Promise<void> {
  try {
    // The earlier logs are of the workspaces from which this one was imported.
    const workspaceId = log === AUDIT ? workspace.id : undefined;
    const verdict = await verifyExport(directory.lines(log), { workspaceId, checkpoints: [] });
    if (!verdict.intact) throw invalid(`${directory.name}/${log} is not intact: ${verdict.message}`);
    if (verdict.after.seq > 0)
      throw invalid(`${directory.name}/${log} does not begin with entry 1. Export the workspace again.`);
  } catch (error) {
    if (error instanceof NotAnExportError) throw invalid(`${directory.name}/${log} ${error.message}.`);
    throw error;
  }
}
