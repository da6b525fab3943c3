import type { AuditExport } from "@projostack/sdk";
import { repeatAfterLimit } from "../../api/repeat-after-limit.ts";
import type { WorkControl } from "../../api/use-long-work.ts";
import type { CurrentWorkspace } from "../../api/workspace-context.ts";
import { filePart, saveFile } from "../../components/save-file.ts";

/** The limit of the server. Each call adds an entry to the log. */
const PART_SIZE = 5_000;

export type Format = "ndjson" | "csv";

export interface ExportInput {
  readonly format: Format;
  /** The name of the workspace, for the name of the file. */
  readonly workspace: string;
}

export interface ExportProgress {
  readonly lastSeq: number;
  readonly untilSeq: number;
  readonly waitSeconds?: number | undefined;
}

export interface ExportedFile {
  readonly name: string;
  readonly entries: number;
}

const mediaTypes: Readonly<Record<Format, string>> = {
  ndjson: "application/x-ndjson",
  csv: "text/csv;charset=utf-8",
};

/** Reads the whole log and gives it to the user as a file. The file ends with the last entry at the start. */
export async function exportLog(
  api: CurrentWorkspace["api"],
  { format, workspace }: ExportInput,
  { signal, report }: WorkControl<ExportProgress>,
): Promise<ExportedFile> {
  // A browser can keep the parts of a large file on the disk: as texts they would all be in memory.
  const parts: Blob[] = [];
  let part: AuditExport | undefined;
  do {
    const position = { lastSeq: part?.lastSeq ?? 0, untilSeq: part?.untilSeq ?? 0 };
    const from = part && { afterSeq: part.lastSeq, untilSeq: part.untilSeq };
    part = await repeatAfterLimit(() => api.audit.export({ format, limit: PART_SIZE, ...from }, { signal }), {
      signal,
      onWait: (waitSeconds) => report({ ...position, waitSeconds }),
    });
    parts.push(new Blob([part.text]));
    report({ lastSeq: part.lastSeq, untilSeq: part.untilSeq });
  } while (!part.done);
  signal.throwIfAborted();
  const day = new Date().toISOString().slice(0, 10);
  const name = ["audit", filePart(workspace), day].filter((each) => each !== "").join("-") + `.${format}`;
  saveFile(name, new Blob(parts, { type: mediaTypes[format] }));
  return { name, entries: part.lastSeq };
}
