import { UUID, type ExportTable } from "@projostack/db";
import { invalidFields } from "../../rpc/failures/invalid-input.ts";
import type { ReadWs } from "../../rpc/ws.ts";

export interface ExportRows {
  readonly table: ExportTable;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Returns rows in the order of their ids. @throws Failure input.invalid when `after` is not an id */
export async function exportRows({ db }: ReadWs<"workspace:export">, { table, after, limit }: ExportRows) {
  if (after !== undefined && !UUID.test(after))
    throw invalidFields({ after: ["Must be the nextAfter of an earlier part."] });
  const rows = await db.sql.exports.rows({ table, after, limit });
  return {
    lines: rows.map(({ row }) => row),
    nextAfter: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
  };
}
