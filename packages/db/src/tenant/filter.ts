// The query filter, the first layer of tenant isolation: every Prisma query on a tenant table names the workspace of its
// scope. The second layer is row-level security, which holds without this one. Tests check each layer without the other.
import { Prisma } from "../generated/client.ts";
import { currentScope } from "../scope/current-scope.ts";
import { columnsOf } from "./models.ts";

const WITH_DATA = new Set(["create", "createMany", "createManyAndReturn", "upsert"]);
const WITHOUT_WHERE = new Set(["create", "createMany", "createManyAndReturn"]);
const WITH_CHANGES = new Set(["update", "updateMany", "updateManyAndReturn", "upsert"]);

type Row = Record<string, unknown>;
interface Args {
  where?: Row;
  data?: Row | Row[];
  create?: Row;
  update?: Row;
}

export const tenantFilter = Prisma.defineExtension({
  name: "tenant-filter",
  query: {
    $allModels: {
      $allOperations: ({ model, operation, args, query }) =>
        query(inWorkspace(model, operation, args as Args) as typeof args),
    },
  },
});

/** Adds the workspace of the scope to a query's arguments. @throws TypeError when they name another workspace or a relation */
export function inWorkspace(model: Prisma.ModelName, operation: string, args: Args | undefined): Args {
  const scope = currentScope.getStore()?.scope;
  if (!scope || scope.kind === "operator")
    throw new Error("Query a tenant's tables through db.read or db.write.");
  if (scope.kind === "system") return args ?? {};
  const key = model === "Workspace" ? "id" : "workspaceId";
  const { workspaceId } = scope;
  const bound: Args = { ...args };
  if (!WITHOUT_WHERE.has(operation))
    bound.where = { ...bound.where, [key]: same(bound.where?.[key], workspaceId) };
  if (WITH_DATA.has(operation)) {
    if (Array.isArray(bound.data)) for (const row of bound.data) same(row[key], workspaceId);
    else same((bound.data ?? bound.create)?.[key], workspaceId);
  }
  for (const row of rowsOf(bound)) requireOwnColumns(model, row);
  if (WITH_CHANGES.has(operation) && key in ((bound.data ?? bound.update) as Row)) {
    throw new TypeError("The workspace of a row cannot be changed.");
  }
  return bound;
}

const rowsOf = ({ data = [], create, update }: Args): Row[] => [data, create ?? [], update ?? []].flat();

/** Rejects a nested write (`connect`, `create`, `deleteMany` of a relation), because this filter does not check its rows. */
function requireOwnColumns(model: Prisma.ModelName, row: Row): void {
  const columns = columnsOf(model);
  const relation = Object.keys(row).find((name) => !(name in columns));
  if (relation !== undefined) {
    throw new TypeError(`${model}.${relation} is not a column. Write a tenant's rows without nested writes.`);
  }
}

function same(named: unknown, workspaceId: string): string {
  if (named !== undefined && named !== workspaceId) {
    throw new TypeError("The query names another workspace than the one it runs in.");
  }
  return workspaceId;
}
