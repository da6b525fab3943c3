// Exports a workspace: the tables, the audit log, and the audit logs of earlier servers.
import type { WorkspaceTable } from "@projostack/sdk";
import { parseObject } from "../audit/json.ts";
import { CliError } from "../cli-error.ts";
import type { WorkspaceClient } from "../connection/server.ts";
import type { Patiently } from "../import/patiently.ts";
import type { ExportDirectory, FileFacts } from "./export-directory.ts";
import { readExportState, saveExportState, type ExportState } from "./export-state.ts";
import { AUDIT, historyFile, MANIFEST, STATE, tableFiles, tables } from "./files.ts";
import { FORMAT, type Manifest } from "./manifest.ts";

export interface ExportJob {
  readonly directory: ExportDirectory;
  readonly workspace: WorkspaceClient;
  readonly server: string;
  readonly patiently: Patiently;
  readonly signal: AbortSignal;
  readonly message: (text: string) => void;
  /** Called with the number of rows that were read. */
  readonly onRows: (rows: number) => void;
  readonly now: () => Date;
}

const PART_ROWS = 1_000;
const PART_HISTORY = 200;
const PART_AUDIT = 1_000;
/** How often tables that changed are read again. */
const MOST_ROUNDS = 5;

export async function exportWorkspace(job: ExportJob): Promise<Manifest> {
  // A directory that cannot be used stays as it is.
  await readExportState(job.directory);
  return job.directory.lock(() => exportInto(job));
}

async function exportInto(job: ExportJob): Promise<Manifest> {
  let state = await startOrContinue(job);
  const { fingerprint, name, ...read } = await readTables(job, state);
  state = read.state;
  await readHistory(job);
  await readAudit(job, state);
  const manifest: Manifest = {
    format: FORMAT,
    exportedAt: job.now().toISOString(),
    server: job.server,
    workspace: { ...state.workspace, name },
    fingerprint,
    files: await factsOf(job.directory),
  };
  await job.directory.replace(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
  await job.directory.remove(STATE);
  await job.directory.removeLeftFiles();
  return manifest;
}

async function startOrContinue(job: ExportJob): Promise<ExportState> {
  const { directory, workspace, patiently, signal } = job;
  const found = await readExportState(directory);
  const { id } = await patiently(() => workspace.workspaces.get({}, { signal }), signal);
  if (found) {
    if (found.workspace.id !== id)
      throw new CliError(
        "cli.export_other",
        `${directory.name} contains an unfinished export of the workspace ${found.workspace.name} (${found.workspace.id}). Select it with --workspace, or choose another directory.`,
      );
    job.message(`Continuing the export in ${directory.name}.`);
    return found;
  }
  const started = await patiently(() => workspace.workspaceData.startExport({}, { signal }), signal);
  const state = { server: job.server, workspace: { id, ...started }, tables: {} };
  await saveExportState(directory, state);
  return state;
}

/**
 * Reads the tables until the files contain the workspace at one time: the state of no table, and not the name, differs between
 * the beginning of the last reading and its end.
 */
async function readTables(job: ExportJob, start: ExportState) {
  const { workspace, patiently, signal } = job;
  const stateOf = () => patiently(() => workspace.workspaceData.fingerprint({}, { signal }), signal);
  let state = start;
  for (let round = 1; ; round += 1) {
    const before = await stateOf();
    for (const table of tables) state = await readTable(job, state, { table, present: before.tables[table] });
    const { name } = await patiently(() => workspace.workspaces.get({}, { signal }), signal);
    const { fingerprint, tables: present } = await stateOf();
    const isComplete = tables.every((table) => state.tables[table]?.done);
    if (fingerprint === before.fingerprint && isComplete) return { state, name, fingerprint };
    const changed = tables.filter(
      (table) => present[table] !== before.tables[table] || !state.tables[table]?.done,
    );
    const what =
      changed.length === 0
        ? "name"
        : changed.map((table) => tableFiles[table].replace(/\..*/, "")).join(", ");
    if (round === MOST_ROUNDS)
      throw new CliError(
        "cli.workspace_changed",
        `The workspace changed each time it was read (${what}). Run the same command again when nobody changes it: it reads only what has changed.`,
      );
    job.message(`The workspace has changed meanwhile (${what}). What has changed is read again.`);
  }
}

async function readTable(
  job: ExportJob,
  state: ExportState,
  { table, present }: { table: WorkspaceTable; present: string },
): Promise<ExportState> {
  const { directory, workspace, patiently, signal } = job;
  const known = state.tables[table];
  if (known?.done === true && known.state === present) return state;
  const file = tableFiles[table];
  // Rows of another state must not be mixed with those of this one.
  if (known?.state !== present) await directory.replace(file, "");
  const reading = { ...state, tables: { ...state.tables, [table]: { state: present, done: false } } };
  await saveExportState(directory, reading);
  const { lines, last } = await directory.repair(file);
  job.onRows(lines);
  let rows = lines;
  let after = last === undefined ? undefined : idIn(last);
  for (;;) {
    const input = { table, after, limit: PART_ROWS };
    const part = await patiently(() => workspace.workspaceData.exportRows(input, { signal }), signal);
    if (part.lines.length > 0) await directory.append(file, `${part.lines.join("\n")}\n`);
    job.onRows(part.lines.length);
    rows += part.lines.length;
    signal.throwIfAborted();
    if (part.nextAfter === null) break;
    after = part.nextAfter;
  }
  // A row that was created after the state was computed, and deleted since, leaves the state as it was.
  const isExact = rows === rowsIn(present);
  const result = isExact ? { state: present, done: true } : { state: "", done: false };
  const read = { ...reading, tables: { ...reading.tables, [table]: result } };
  await saveExportState(directory, read);
  return read;
}

/** The number of rows, with which the state of a table begins. */
const rowsIn = (state: string): number => Number.parseInt(state, 10);

function idIn(line: string): string {
  const id = parseObject(line)?.["id"];
  if (typeof id !== "string")
    throw new CliError(
      "cli.export_invalid",
      "A file of the export was changed. Delete the directory, then export again.",
    );
  return id;
}

/** Reads the logs of earlier servers. They never change, so reading continues after the last line. */
async function readHistory({ directory, workspace, patiently, signal, onRows }: ExportJob): Promise<void> {
  let after: string | undefined;
  for (let log = 1; ; log += 1) {
    const { lines } = await directory.repair(historyFile(log));
    if (lines === 0) break;
    after = `${log}:${lines}`;
  }
  for (;;) {
    const input = { after, limit: PART_HISTORY };
    const part = await patiently(() => workspace.workspaceData.exportHistory(input, { signal }), signal);
    const texts = new Map<number, string>();
    for (const line of part.lines) {
      const { log, text } = historyLine(line);
      texts.set(log, `${texts.get(log) ?? ""}${text}\n`);
    }
    for (const [log, text] of texts) await directory.append(historyFile(log), text);
    onRows(part.lines.length);
    signal.throwIfAborted();
    if (part.nextAfter === null) return;
    after = part.nextAfter;
  }
}

/** The line of the file of the log: an entry in the format of an audit export, or a header or footer as it was. */
function historyLine(line: string): { log: number; text: string } {
  const { log, text, hash, personal } = JSON.parse(line) as {
    log: number;
    text: string;
    hash?: string;
    personal?: object | null;
  };
  return {
    log,
    text: hash === undefined ? text : JSON.stringify({ text, hash, personal: personal ?? null }),
  };
}

/** Reads the audit log up to its end when reading began. It continues after the last entry in the file. */
async function readAudit(job: ExportJob, state: ExportState): Promise<void> {
  const { directory, workspace, patiently, signal } = job;
  const { lines, last } = await directory.repair(AUDIT);
  if (last !== undefined && parseObject(last)?.["entries"] !== undefined) return;
  // The file has a header and then the entries from 1 on.
  const continues = lines > 1 && state.auditUntil !== undefined;
  let afterSeq = continues ? lines - 1 : 0;
  let untilSeq = continues ? state.auditUntil : undefined;
  if (!continues) await directory.replace(AUDIT, "");
  for (;;) {
    const input = { afterSeq, untilSeq, limit: PART_AUDIT };
    const part = await patiently(() => workspace.audit.export(input, { signal }), signal);
    if (untilSeq === undefined) {
      ({ untilSeq } = part);
      await saveExportState(directory, { ...state, auditUntil: untilSeq });
    }
    await directory.append(AUDIT, part.text);
    job.onRows(part.lastSeq - afterSeq);
    signal.throwIfAborted();
    if (part.done) return;
    afterSeq = part.lastSeq;
  }
}

async function factsOf(directory: ExportDirectory): Promise<Record<string, FileFacts>> {
  const files = [...Object.values(tableFiles), AUDIT];
  for (let log = 1; (await directory.facts(historyFile(log))) !== undefined; log += 1)
    files.push(historyFile(log));
  const facts: Record<string, FileFacts> = {};
  for (const file of files) {
    const found = await directory.facts(file);
    if (found) facts[file] = found;
  }
  return facts;
}
