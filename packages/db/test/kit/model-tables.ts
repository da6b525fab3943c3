// The tenant tables by Prisma's list of models, so that a proof about all tables needs no list of its own.
// catalogue.test.ts proves that PostgreSQL's catalogue has the same tables.
import { readFileSync } from "node:fs";
import { tenantModels } from "../../src/tenant/models.ts";
import type { TenantTable } from "./tenant-tables.ts";

const schema = readFileSync(new URL("../../prisma/schema.prisma", import.meta.url), "utf8");

/** Every tenant table, with the column that names the workspace of a row. */
export const modelTables: readonly TenantTable[] = [...tenantModels]
  .map((model) => ({ table: tableOf(model), key: model === "Workspace" ? "id" : "workspace_id" }))
  .toSorted((one, other) => (one.table < other.table ? -1 : 1));

function tableOf(model: string): string {
  const [, body = ""] = new RegExp(`^model ${model} \\{([^]*?)^\\}`, "m").exec(schema) ?? [];
  const [, table] = /@@map\("(\w+)"\)/.exec(body) ?? [];
  if (table === undefined) throw new Error(`The model ${model} needs @@map("...") in schema.prisma.`);
  return table;
}
