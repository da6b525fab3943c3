import { createHash } from "node:crypto";
import { CliError } from "../cli-error.ts";
import { lengthOf } from "../import/cut-title.ts";
import type { ExportDirectory, FileFacts } from "./export-directory.ts";
import { isObject, parseObject, type JsonObject } from "../audit/json.ts";
import { AUDIT, historyFile, isLeftFile, MANIFEST, STATE, tableFiles } from "./files.ts";

export const FORMAT = "projo-workspace/1";

export interface ExportedWorkspace {
  readonly id: string;
  readonly name: string;
  /** The id of the founder. */
  readonly createdBy: string;
  readonly createdAt: string;
}

export interface Manifest {
  readonly format: typeof FORMAT;
  readonly exportedAt: string;
  readonly server: string;
  readonly workspace: ExportedWorkspace;
  /** The state of the workspace that the files contain, from `workspaceData.fingerprint`. */
  readonly fingerprint: string;
  readonly files: Readonly<Record<string, FileFacts>>;
}

export interface ReadManifest extends Manifest {
  /** SHA-256 of the manifest, which identifies the export. */
  readonly hash: string;
}

/** @throws CliError when the directory contains no complete export of a known format */
export async function readManifest(directory: ExportDirectory): Promise<ReadManifest> {
  const text = await directory.read(MANIFEST);
  if (text === undefined)
    throw invalid(
      `${directory.name} contains no complete export: it has no ${MANIFEST}. Run: projo workspaces export ${directory.name}`,
    );
  const found = parseObject(text);
  if (!found)
    throw invalid(`${directory.name}/${MANIFEST} is not a JSON object. Export the workspace again.`);
  const { format } = found;
  if (format !== FORMAT)
    throw invalid(
      `${directory.name}/${MANIFEST} has the format ${JSON.stringify(format)}, and this version of projo reads ${FORMAT}. Update projo.`,
    );
  const problem = problemOf(found);
  if (problem !== undefined)
    throw invalid(`${directory.name}/${MANIFEST} is damaged: ${problem}. Export the workspace again.`);
  const unknown = Object.keys(found["files"] as object).find((file) => !isKnown(file));
  if (unknown !== undefined)
    throw invalid(
      `${directory.name}/${MANIFEST} lists the file ${unknown}, which this version of projo does not know. Update projo.`,
    );
  return { ...(found as unknown as Manifest), hash: createHash("sha256").update(text).digest("hex") };
}

/** Compares the files with the manifest. @throws CliError with the name of the first file that differs */
export async function verifyFiles(directory: ExportDirectory, { files }: Manifest): Promise<void> {
  for (const [file, expected] of Object.entries(files)) {
    const facts = await directory.facts(file);
    const problem = !facts
      ? "is missing"
      : facts.bytes !== expected.bytes
        ? `has ${facts.bytes} bytes, and the manifest says ${expected.bytes}`
        : facts.sha256 !== expected.sha256
          ? "was changed: its checksum differs from the manifest"
          : facts.lines !== expected.lines
            ? `has ${facts.lines} lines, and the manifest says ${expected.lines}`
            : undefined;
    if (problem !== undefined)
      throw invalid(
        `${directory.name}/${file} ${problem}. Copy the export again, or export the workspace again.`,
      );
  }
}

/** Returns the names of the files in the directory that are not part of the export. */
export async function otherFiles(directory: ExportDirectory, { files }: Manifest): Promise<string[]> {
  const own = (file: string) => file in files || file === MANIFEST || file === STATE || isLeftFile(file);
  return (await directory.list()).filter((file) => !own(file)).toSorted();
}

export const invalid = (message: string): CliError => new CliError("cli.export_invalid", message);

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MAX_NAME_LENGTH = 200;

const isText = (value: unknown): value is string => typeof value === "string";
const isId = (value: unknown): boolean => isText(value) && UUID.test(value);
const isTime = (value: unknown): boolean => isText(value) && !Number.isNaN(Date.parse(value));
const isName = (value: unknown): boolean =>
  isText(value) && value.length > 0 && lengthOf(value) <= MAX_NAME_LENGTH;
const isCount = (value: unknown): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 0;
const isFacts = (value: unknown): boolean =>
  isObject(value) && isCount(value["lines"]) && isCount(value["bytes"]) && isText(value["sha256"]);

/** Returns what is wrong in a manifest, as a part of a sentence. */
function problemOf(found: JsonObject): string | undefined {
  const { workspace, files } = found;
  if (!isObject(workspace)) return "workspace is missing";
  if (!isObject(files)) return "files is missing";
  const wrong = Object.entries({
    exportedAt: isTime(found["exportedAt"]),
    server: isText(found["server"]),
    fingerprint: isText(found["fingerprint"]),
    "workspace.id": isId(workspace["id"]),
    "workspace.name": isName(workspace["name"]),
    "workspace.createdBy": isId(workspace["createdBy"]),
    "workspace.createdAt": isTime(workspace["createdAt"]),
  }).find(([, isRight]) => !isRight);
  if (wrong) return `${wrong[0]} is missing or invalid`;
  const required = [...Object.values(tableFiles), AUDIT, ...historiesIn(files)];
  const missing = required.find((file) => !(file in files));
  if (missing !== undefined) return `files does not list ${missing}`;
  const damaged = Object.keys(files).find((file) => !isFacts(files[file]));
  return damaged === undefined ? undefined : `the entry of ${damaged} in files is invalid`;
}

const HISTORY = /^history-([1-9]\d{0,5})\.ndjson$/;

/** The names of all earlier logs up to the last one that the manifest lists. */
function historiesIn(files: JsonObject): string[] {
  const last = Math.max(0, ...Object.keys(files).map((file) => Number(HISTORY.exec(file)?.[1] ?? 0)));
  return Array.from({ length: last }, (_, at) => historyFile(at + 1));
}

const isKnown = (file: string): boolean =>
  file === AUDIT || HISTORY.test(file) || Object.values(tableFiles).some((name) => name === file);
