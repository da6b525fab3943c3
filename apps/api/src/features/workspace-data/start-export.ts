import type { Ws } from "../../rpc/ws.ts";

/** Records the start of an export. */
export async function startExport(ws: Ws<"workspace:export">) {
  const { name, createdBy, createdAt } = await ws.db.workspace.findFirstOrThrow({ where: { id: ws.id } });
  ws.audit("workspace.exported", { type: "workspace", id: ws.id });
  return { name, createdBy, createdAt: createdAt.toISOString() };
}
