import type { Db } from "@projostack/db";
import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { auditGrant, type SeededWorkspace } from "../database/seed-workspaces.ts";

export interface Offline {
  readonly seconds: number;
  readonly tenthBytes: number;
  readonly wholeBytes: number;
}

/** Runs `projo audit verify FILE` on an export of the first tenth of the log, and on an export of the whole log. */
export async function verifyOffline(db: Db, workspace: SeededWorkspace, entries: number): Promise<Offline> {
  const directory = await mkdtemp(join(tmpdir(), "projo-bench-"));
  const file = join(directory, "audit.ndjson");
  try {
    await pipeline(Readable.from(exportLines(db, workspace, entries / 10)), createWriteStream(file));
    const { bytes: tenthBytes } = await verifyFile(file);
    await pipeline(Readable.from(exportLines(db, workspace, entries)), createWriteStream(file));
    const { bytes: wholeBytes, seconds } = await verifyFile(file);
    return { seconds, tenthBytes, wholeBytes };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const PAGE = 1_000;

/** Exports the log page by page in the format of docs/audit.md, without a signed checkpoint. */
async function* exportLines(db: Db, workspace: SeededWorkspace, entries: number): AsyncGenerator<string> {
  const { id: workspaceId } = workspace;
  yield line({ format: "projo-audit/1", workspaceId, exportedAt: new Date().toISOString() });
  for (let afterSeq = 0; afterSeq < entries; afterSeq += PAGE) {
    const page = await db.read(auditGrant(workspace), ({ sql: { audit } }) =>
      audit.page({ afterSeq, limit: PAGE }),
    );
    yield page.map(({ text, hash, personal }) => line({ text, hash, personal })).join("");
  }
  yield line({ entries, checkpoint: null });
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

const PeakMemory = z.object({ peakBytes: z.number() });

/** Verifies a file with the command line, including the start of the program. @throws Error if the log is not intact */
async function verifyFile(file: string): Promise<{ bytes: number; seconds: number }> {
  const program = join(
    dirname(createRequire(import.meta.url).resolve("@projostack/cli/package.json")),
    "bin",
    "projo.js",
  );
  const watch = fileURLToPath(new URL("watch-memory.ts", import.meta.url));
  const args = [...process.execArgv, "--import", watch, program, "audit", "verify", file];
  const startedAt = performance.now();
  const { stderr } = await promisify(execFile)(process.execPath, args);
  const seconds = (performance.now() - startedAt) / 1000;
  const { peakBytes } = PeakMemory.parse(JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? ""));
  return { bytes: peakBytes, seconds };
}
