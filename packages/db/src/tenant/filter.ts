// The first of two walls: every statement on a tenant's table names the workspace of its scope. The second is
// row-level security, which holds without this one. Each is tested with the other taken out.
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

/** The arguments of a statement, bound to the workspace of the scope. @throws TypeError where they reach outside */
export function inWorkspace(model: Prisma.ModelName, operation: string, args: Args | undefined): Args {
  const scope = currentScope.getStore()?.scope;
  if (!scope || scope.kind === "operator")
    throw new Error("A tenant's rows are reached through db.read, db.write or db.system.");
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
  for (const row of rowsOf(bound)) ownColumns(model, row);
  if (WITH_CHANGES.has(operation) && key in ((bound.data ?? bound.update) as Row)) {
    throw new TypeError("A row never changes its workspace.");
  }
  return bound;
}

const rowsOf = ({ data = [], create, update }: Args): Row[] => [data, create ?? [], update ?? []].flat();

/** A nested write (`connect`, `create`, `deleteMany` of a relation) names rows that no filter here looks at. */
function ownColumns(model: Prisma.ModelName, row: Row): void {
  const columns = columnsOf(model);
  const relation = Object.keys(row).find((name) => !(name in columns));
  if (relation !== undefined) {
    throw new TypeError(`A tenant's row is written by its own columns, and ${model}.${relation} is none.`);
  }
}

function same(named: unknown, workspaceId: string): string {
  if (named !== undefined && named !== workspaceId) {
    throw new TypeError("A statement named another workspace than the one it runs in.");
  }
  return workspaceId;
}
