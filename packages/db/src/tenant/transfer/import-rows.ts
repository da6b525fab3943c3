// Inserts imported rows. A row whose id exists is left unchanged, so a part that was sent twice inserts nothing twice.
import { CURRENT_WORKSPACE_SQL } from "../../scope/current-workspace-sql.ts";
import type { Statements } from "../../scope/statements.ts";

export type ImportedTable = "invites" | "serviceKeys" | "projects" | "tasks" | "records";

export interface ImportRowsStatements {
  /**
   * Inserts rows with the columns of the table, by their names in the database.
   * @returns the number of inserted rows
   * @throws an error of the constraint tasks_workspace_id_project_id_fkey when a project is not in the workspace
   */
  insertRows(table: ImportedTable, rows: readonly object[]): Promise<number>;
  /** The numbers of rows for the quotas. */
  counts(): Promise<{
    readonly projects: number;
    readonly pendingInvites: number;
    readonly activeKeys: number;
  }>;
}

export const importRowsStatements = (sql: Statements): ImportRowsStatements => ({
  insertRows: async (table, rows) => {
    const { length } = await sql.query({
      name: `projo_import_${table}`,
      text: INSERTS[table],
      values: [JSON.stringify(rows)],
    });
    return length;
  },
  counts: async () => {
    const [row] = await sql.query<{ projects: number; pendingInvites: number; activeKeys: number }>({
      name: "projo_import_counts",
      text: COUNTS,
      values: [],
    });
    return row ?? { projects: 0, pendingInvites: 0, activeKeys: 0 };
  },
});

/** The table, and the columns with their types in the order of the ids. */
const TABLES: Readonly<Record<ImportedTable, readonly [table: string, columns: string]>> = {
  invites: [
    "invites",
    `id UUID, email TEXT, role TEXT, token_hash TEXT, mailed_token_hash TEXT, invited_by UUID, invited_by_key UUID,
     accepted_by UUID, created_at TIMESTAMPTZ, expires_at TIMESTAMPTZ, used_at TIMESTAMPTZ, revoked_at TIMESTAMPTZ,
     declined_at TIMESTAMPTZ`,
  ],
  serviceKeys: [
    "service_keys",
    `id UUID, name TEXT, role TEXT, scopes TEXT[], secret_kid INTEGER, secret_mac TEXT, created_by UUID,
     created_at TIMESTAMPTZ, expires_at TIMESTAMPTZ, rotated_at TIMESTAMPTZ, revoked_at TIMESTAMPTZ,
     last_used_at TIMESTAMPTZ`,
  ],
  projects: [
    "projects",
    `id UUID, name TEXT, created_by UUID, created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ, version INTEGER`,
  ],
  tasks: [
    "tasks",
    `id UUID, project_id UUID, title TEXT, status TEXT, external_id TEXT, created_by UUID, created_at TIMESTAMPTZ,
     updated_at TIMESTAMPTZ, version INTEGER`,
  ],
  records: [
    "imported_records",
    `id UUID, log INTEGER, line INTEGER, text TEXT, hash TEXT, actor_user_id UUID, personal_json JSONB`,
  ],
};

/** Columns of bytes, which the JSON contains in hexadecimal. */
const BYTES: ReadonlySet<string> = new Set(["token_hash", "mailed_token_hash", "secret_mac", "hash"]);

const INSERTS = Object.fromEntries(
  Object.entries(TABLES).map(([name, [table, columns]]) => {
    const names = columns.split(",").map((column) => column.trim().split(" ")[0] ?? "");
    const values = names.map((column) => (BYTES.has(column) ? `decode(${column}, 'hex')` : column));
    // A record that was sent twice has a new id, and the position of the first one.
    const key = name === "records" ? "workspace_id, log, line" : "workspace_id, id";
    return [
      name,
      `INSERT INTO ${table} (workspace_id, ${names.join(", ")})
       SELECT ${CURRENT_WORKSPACE_SQL}, ${values.join(", ")} FROM jsonb_to_recordset($1::jsonb) AS given (${columns})
        ORDER BY id ON CONFLICT (${key}) DO NOTHING RETURNING id`,
    ];
  }),
) as Record<ImportedTable, string>;

const COUNTS = `
  SELECT (SELECT count(*) FROM projects WHERE workspace_id = ${CURRENT_WORKSPACE_SQL})::integer AS projects,
         (SELECT count(*) FROM invites WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}
                 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now())::integer AS "pendingInvites",
         (SELECT count(*) FROM service_keys WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}
                 AND revoked_at IS NULL AND expires_at > now())::integer AS "activeKeys"`;
