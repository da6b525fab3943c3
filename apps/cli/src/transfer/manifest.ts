import { createHash } from "node:crypto";
import { CliError } from "../cli-error.ts";
import type { ExportDirectory, FileFacts } from "./export-directory.ts";
import { parseObject } from "../audit/json.ts";
import { MANIFEST } from "./files.ts";

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
  if (!isManifest(found))
    throw invalid(
      `${directory.name}/${MANIFEST} is damaged: a property is missing. Export the workspace again.`,
    );
  return { ...found, hash: createHash("sha256").update(text).digest("hex") };
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
          : undefined;
    if (problem !== undefined)
      throw invalid(
        `${directory.name}/${file} ${problem}. Copy the export again, or export the workspace again.`,
      );
  }
}

export const invalid = (message: string): CliError => new CliError("cli.export_invalid", message);

function isManifest(value: object): value is Manifest {
  const { workspace, files, fingerprint, exportedAt, server } = value as Partial<Manifest>;
  const texts = [fingerprint, exportedAt, server, workspace?.id, workspace?.name, workspace?.createdBy];
  return (
    [...texts, workspace?.createdAt].every((text) => typeof text === "string") &&
    typeof files === "object" &&
    Object.entries(files).every(
      ([name, { lines, bytes, sha256 }]) =>
        /^[a-z0-9-]+\.ndjson$/.test(name) &&
        Number.isInteger(lines) &&
        Number.isInteger(bytes) &&
        typeof sha256 === "string",
    )
  );
}
