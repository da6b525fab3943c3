// Reads the rows of a workspace for an export, in the order of their ids. The rows contain no secret: no hash of a token and no
// code of a key.
import { CURRENT_WORKSPACE_SQL } from "../../scope/current-workspace-sql.ts";
import type { Statements } from "../../scope/statements.ts";

/** The tables of an export, in the order in which an import needs them. */
export const exportTables = ["members", "invites", "serviceKeys", "projects", "tasks"] as const;
export type ExportTable = (typeof exportTables)[number];

export interface ExportPage {
  readonly table: ExportTable;
  /** The id of the last row of the page before. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** A row as JSON, and its position. */
export interface ExportedRow {
  readonly id: string;
  readonly row: string;
}

export interface RecordPosition {
  readonly log: number;
  readonly line: number;
}

export interface RecordPage {
  readonly after: RecordPosition | undefined;
  readonly limit: number;
}

/** A line of an imported audit log: an entry, or with `hash` null a header or a footer. */
export interface ImportedRecordRow extends RecordPosition {
  readonly text: string;
  readonly hash: string | null;
  readonly personal: object | null;
}

export interface ExportStatements {
  rows(page: ExportPage): Promise<ExportedRow[]>;
  records(page: RecordPage): Promise<ImportedRecordRow[]>;
  /** The number of rows of each table, and a sum over their states: any change of an exported value changes it. */
  fingerprint(): Promise<Fingerprint>;
}

export type Fingerprint = Readonly<Record<ExportTable | "workspace", string>>;

export const exportStatements = (sql: Statements): ExportStatements => ({
  rows: ({ table, after, limit }) =>
    sql.query<ExportedRow>({
      name: `projo_export_${table}`,
      text: ROWS[table],
      values: [after ?? FIRST_ID, limit],
    }),
  records: ({ after, limit }) =>
    sql.query<ImportedRecordRow>({
      name: "projo_export_records",
      text: RECORDS,
      values: [after?.log ?? 0, after?.line ?? 0, limit],
    }),
  fingerprint: async () => {
    const found: Record<string, string> = {};
    for (const [table, text] of Object.entries(FINGERPRINTS)) {
      const name = `projo_fingerprint_${table}`;
      const [row] = await sql.query<{ state: string }>({ name, text, values: [], isHeavy: true });
      found[table] = row?.state ?? "";
    }
    return found as Fingerprint;
  },
});

const FIRST_ID = "00000000-0000-0000-0000-000000000000";

const time = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The properties of a row in the order of the file, and the SQL of their values. */
const COLUMNS: Readonly<Record<ExportTable, Readonly<Record<string, string>>>> = {
  members: {
    id: "r.id",
    userId: "r.user_id",
    email: "(SELECT u.email FROM users AS u WHERE u.id = r.user_id)",
    role: "r.role",
    joinedAt: time("r.created_at"),
  },
  invites: {
    id: "r.id",
    email: "r.email",
    role: "r.role",
    invitedBy: "r.invited_by",
    invitedByKey: "r.invited_by_key",
    acceptedBy: "r.accepted_by",
    createdAt: time("r.created_at"),
    expiresAt: time("r.expires_at"),
    usedAt: time("r.used_at"),
    revokedAt: time("r.revoked_at"),
    declinedAt: time("r.declined_at"),
  },
  serviceKeys: {
    id: "r.id",
    name: "r.name",
    role: "r.role",
    scopes: "r.scopes",
    createdBy: "r.created_by",
    createdAt: time("r.created_at"),
    expiresAt: time("r.expires_at"),
    rotatedAt: time("r.rotated_at"),
    revokedAt: time("r.revoked_at"),
    lastUsedAt: time("r.last_used_at"),
  },
  projects: {
    id: "r.id",
    name: "r.name",
    createdBy: "r.created_by",
    createdAt: time("r.created_at"),
    updatedAt: time("r.updated_at"),
    version: "r.version",
  },
  tasks: {
    id: "r.id",
    projectId: "r.project_id",
    title: "r.title",
    status: "r.status",
    externalId: "r.external_id",
    createdBy: "r.created_by",
    createdAt: time("r.created_at"),
    updatedAt: time("r.updated_at"),
    version: "r.version",
  },
};

const NAMES: Readonly<Record<ExportTable, string>> = {
  members: "workspace_members",
  invites: "invites",
  serviceKeys: "service_keys",
  projects: "projects",
  tasks: "tasks",
};

const inTables = <T>(textOf: (table: ExportTable) => T) =>
  Object.fromEntries(exportTables.map((table) => [table, textOf(table)])) as Record<ExportTable, T>;

const ROWS = inTables((table) => {
  const properties = Object.entries(COLUMNS[table]).map(([name, value]) => `'${name}', ${value}`);
  return `SELECT r.id, json_build_object(${properties.join(", ")})::text AS row FROM ${NAMES[table]} AS r
           WHERE r.workspace_id = ${CURRENT_WORKSPACE_SQL} AND r.id > $1 ORDER BY r.id LIMIT $2`;
});

const RECORDS = `
  SELECT log, line, text, encode(hash, 'hex') AS hash, personal_json AS personal FROM imported_records
   WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND (log, line) > ($1::integer, $2::integer) ORDER BY log, line LIMIT $3`;

/** The columns that change when an exported value of the row changes. The last use of a key does not count. */
const STATES: Readonly<Record<ExportTable, string>> = {
  members: "r.id, r.user_id, r.role",
  invites:
    "r.id, r.email, r.role, r.invited_by, r.accepted_by, r.expires_at, r.used_at, r.revoked_at, r.declined_at",
  serviceKeys: "r.id, r.created_by, r.expires_at, r.rotated_at, r.revoked_at",
  projects: "r.id, r.created_by, r.version",
  tasks: "r.id, r.created_by, r.version",
};

const FINGERPRINTS: Readonly<Record<ExportTable | "workspace", string>> = {
  workspace: `SELECT md5(name) AS state FROM workspaces WHERE id = ${CURRENT_WORKSPACE_SQL}`,
  ...inTables(
    (table) => `
      SELECT count(*) || '-' || coalesce(sum(hashtextextended(ROW(${STATES[table]})::text, 0)), 0) AS state
        FROM ${NAMES[table]} AS r WHERE r.workspace_id = ${CURRENT_WORKSPACE_SQL}`,
  ),
};
