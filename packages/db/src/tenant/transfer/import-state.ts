// The state of a workspace's import, and the people who are named in the imported rows.
import { CURRENT_WORKSPACE_SQL } from "../../scope/current-workspace-sql.ts";
import type { Statements } from "../../scope/statements.ts";

export interface NewImport {
  readonly id: string;
  readonly sourceId: string;
  readonly manifestHash: Uint8Array;
  readonly salt: Uint8Array;
}

export interface ImportRow {
  readonly id: string;
  readonly manifestHash: Uint8Array;
  readonly salt: Uint8Array;
  /** The number of imported rows, by table. */
  readonly progress: Readonly<Record<string, number>>;
  readonly isFinished: boolean;
}

export interface ImportedPerson {
  /** The id on the other server. */
  readonly sourceId: string;
  readonly email: string | null;
  /** The role on the other server, if the person was a member there. */
  readonly role: string | null;
}

export interface NewAuthor extends ImportedPerson {
  readonly id: string;
  /** The id of the user who stands for the person, if no member has the address. */
  readonly placeholderId: string;
}

export interface ImportStateStatements {
  find(): Promise<ImportRow | null>;
  /** Whether the workspace has a project, task, service key or imported record, or an invite that was not accepted. */
  isEmpty(): Promise<boolean>;
  insert(row: NewImport): Promise<void>;
  setProgress(table: string, rows: number): Promise<void>;
  /** The present users of people of the other server, by their ids there. */
  authors(sourceIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Adds people. A person whose address a member has is that member. */
  addAuthors(people: readonly NewAuthor[]): Promise<void>;
}

export const importStateStatements = (sql: Statements): ImportStateStatements => ({
  find: async () => {
    const [row] = await sql.query<ImportRow>({ name: "projo_import", text: FIND, values: [] });
    return row ?? null;
  },
  isEmpty: async () => {
    const [row] = await sql.query<{ empty: boolean }>({
      name: "projo_import_empty",
      text: IS_EMPTY,
      values: [],
    });
    return row?.empty ?? false;
  },
  insert: async ({ id, sourceId, manifestHash, salt }) => {
    await sql.query({
      name: "projo_import_insert",
      text: INSERT,
      values: [id, sourceId, manifestHash, salt],
    });
  },
  setProgress: async (table, rows) => {
    await sql.query({ name: "projo_import_progress", text: SET_PROGRESS, values: [table, rows] });
  },
  authors: async (sourceIds) => {
    const rows = await sql.query<{ sourceId: string; userId: string }>({
      name: "projo_import_authors",
      text: AUTHORS,
      values: [sourceIds],
    });
    return new Map(rows.map(({ sourceId, userId }) => [sourceId, userId]));
  },
  addAuthors: async (people) => {
    const members = await sql.query<{ id: string; email: string }>({
      name: "projo_import_members",
      text: MEMBERS,
      values: [people.flatMap(({ email }) => email ?? [])],
    });
    const ids = new Map(members.map(({ id, email }) => [email, id]));
    const rows = people.map(({ placeholderId, ...person }) => {
      const memberId = person.email === null ? undefined : ids.get(person.email);
      return { ...person, userId: memberId ?? placeholderId, isPlaceholder: memberId === undefined };
    });
    const placeholders = rows.flatMap(({ userId, isPlaceholder }) => (isPlaceholder ? [userId] : []));
    if (placeholders.length > 0) {
      const text = "SELECT projo_add_imported_users($1::uuid[])";
      await sql.query({ name: "projo_import_users", text, values: [placeholders] });
    }
    await sql.query({ name: "projo_import_add_authors", text: ADD_AUTHORS, values: [JSON.stringify(rows)] });
  },
});

const FIND = `SELECT id, manifest_hash AS "manifestHash", salt, progress, finished_at IS NOT NULL AS "isFinished"
                FROM imports WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}`;

const contains = (table: string, more = "") =>
  `EXISTS (SELECT FROM ${table} WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}${more})`;

const IS_EMPTY = `SELECT NOT (${[
  contains("projects"),
  contains("tasks"),
  contains("service_keys"),
  contains("imported_records"),
  contains("invites", " AND used_at IS NULL"),
].join(" OR ")}) AS empty`;

const INSERT = `INSERT INTO imports (id, workspace_id, source_id, manifest_hash, salt)
                VALUES ($1, ${CURRENT_WORKSPACE_SQL}, $2, $3, $4)`;

const SET_PROGRESS = `UPDATE imports SET progress = progress || jsonb_build_object($1::text, $2::integer)
                       WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}`;

const AUTHORS = `SELECT source_id AS "sourceId", user_id AS "userId" FROM imported_authors
                  WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND source_id = ANY ($1::uuid[])`;

const MEMBERS = `SELECT u.id, u.email FROM workspace_members AS m JOIN users AS u ON u.id = m.user_id
                  WHERE m.workspace_id = ${CURRENT_WORKSPACE_SQL} AND u.email = ANY ($1::text[])`;

const ADD_AUTHORS = `
  INSERT INTO imported_authors (id, workspace_id, source_id, user_id, email, role)
  SELECT id, ${CURRENT_WORKSPACE_SQL}, "sourceId", "userId", email, role
    FROM jsonb_to_recordset($1::jsonb) AS given (id UUID, "sourceId" UUID, "userId" UUID, email TEXT, role TEXT)
  ON CONFLICT (workspace_id, source_id) DO NOTHING`;
