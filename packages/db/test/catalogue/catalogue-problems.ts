import type { TestDatabase } from "../kit/index.ts";
import { tenantTables } from "../kit/tenant-tables.ts";

/** What the migrations omit, one line each with the SQL to write. Empty when every tenant table is protected. */
export async function catalogueProblems(database: TestDatabase): Promise<string[]> {
  const tables = await tenantTables(database);
  const names = tables.map(({ table }) => table);
  const facts = await database.owner<Facts>(FACTS, [names]);
  const keys = await database.owner<ForeignKey>(FOREIGN_KEYS, [names]);
  return [...facts.flatMap(problemsOf), ...keys.flatMap(problemOfKey)];
}

interface Facts {
  readonly table: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  /** Whether a policy restricts projo_tenant to its workspace for reads and writes. */
  readonly held: boolean;
}

const FACTS = `
  SELECT c.relname::text AS "table", c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
         EXISTS (SELECT FROM pg_policy p
                  WHERE p.polrelid = c.oid AND p.polcmd = '*' AND 'projo_tenant'::regrole = ANY (p.polroles)
                    AND pg_get_expr(p.polqual, c.oid) LIKE '%app.workspace_id%'
                    AND pg_get_expr(p.polwithcheck, c.oid) LIKE '%app.workspace_id%') AS held
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1) ORDER BY 1`;

function problemsOf({ table, enabled, forced, held }: Facts): string[] {
  const alter = `ALTER TABLE "${table}"`;
  return [
    ...(enabled ? [] : [`${table} shows its rows to every workspace: ${alter} ENABLE ROW LEVEL SECURITY;`]),
    ...(forced
      ? []
      : [`${table} shows its rows to its owner's functions: ${alter} FORCE ROW LEVEL SECURITY;`]),
    ...(held
      ? []
      : [
          `${table} has no policy that holds projo_tenant to its workspace: CREATE POLICY "tenant" ON "${table}" ` +
            `TO projo_tenant USING (...) WITH CHECK (...); with "workspace_id" = nullif(current_setting('app.workspace_id', true), '')::uuid in both.`,
        ]),
  ];
}

interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly target: string;
  /** The pairs of columns, such as `workspace_id -> workspace_id`. */
  readonly pairs: readonly string[];
}

const FOREIGN_KEYS = `
  SELECT c.conname::text AS name, c.conrelid::regclass::text AS "table", c.confrelid::regclass::text AS target, array(
           SELECT a.attname || ' -> ' || b.attname FROM unnest(c.conkey, c.confkey) AS k(mine, theirs)
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.mine
             JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.theirs) AS pairs
    FROM pg_constraint c
   WHERE c.contype = 'f' AND c.conrelid::regclass::text = ANY ($1) AND c.confrelid::regclass::text = ANY ($1)
   ORDER BY 1`;

function problemOfKey({ name, table, target, pairs }: ForeignKey): string[] {
  const theirs = target === "workspaces" ? "id" : "workspace_id";
  if (pairs.includes(`workspace_id -> ${theirs}`)) return [];
  return [
    `${name} lets a row of ${table} hang on another workspace's ${target}: ` +
      `FOREIGN KEY ("workspace_id", ...) REFERENCES "${target}" ("${theirs}", ...);`,
  ];
}
