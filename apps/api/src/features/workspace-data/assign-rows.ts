import type { Ws } from "../../rpc/ws.ts";

/** Assigns imported rows to their authors who have joined since. */
export async function assignRows(ws: Ws<"workspace:manage">, { limit }: { readonly limit: number }) {
  const { imports } = ws.db.sql;
  const assigned = await imports.assign(limit);
  const waiting = await imports.unassignedPeople();
  ws.audit("workspace.authors_assigned", { type: "workspace", id: ws.id, after: { rows: assigned } });
  return { assigned, done: assigned < limit, waiting };
}
