import { createHash } from "node:crypto";
import { exportTables } from "@projostack/db";
import type { TenantRead } from "@projostack/db";

/** Returns the state of the data of the workspace: of each table, and of all together. */
export async function readFingerprint({ db }: { readonly db: Pick<TenantRead, "sql"> }) {
  const { workspace, ...tables } = await db.sql.exports.fingerprint();
  const text = [workspace, ...exportTables.map((table) => tables[table])].join("\n");
  return { fingerprint: createHash("sha256").update(text).digest("hex"), tables };
}
