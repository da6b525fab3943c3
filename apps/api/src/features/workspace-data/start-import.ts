import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { toProgress } from "./import-progress.ts";

export interface StartImport {
  readonly sourceId: string;
  readonly manifest: string;
}

const SALT_BYTES = 32;

/** Starts the import of an export, or continues it. @throws Failure import.not_empty */
export async function startImport(
  ws: Ws<"workspace:manage">,
  { randomness }: Services,
  { sourceId, manifest }: StartImport,
) {
  const { imports } = ws.db.sql;
  const manifestHash = Buffer.from(manifest, "hex");
  const running = await imports.find();
  if (running ? !manifestHash.equals(running.manifestHash) : !(await imports.isEmpty()))
    throw new Failure("import.not_empty");
  if (!running) {
    const salt = randomness.bytes(SALT_BYTES);
    await imports.insert({ id: ws.newId(), sourceId, manifestHash, salt });
  }
  ws.audit("workspace.import_started", {
    type: "workspace",
    id: ws.id,
    after: { sourceWorkspaceId: sourceId, manifest },
  });
  return { rows: toProgress(running), isFinished: running?.isFinished ?? false };
}
