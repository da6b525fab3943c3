// Ends an import: the workspace gets its name and founder, and each member of the other server who is not a member here is
// invited. Later, the rows of a person who has joined are assigned to that person.
import { CURRENT_WORKSPACE_SQL } from "../../scope/current-workspace-sql.ts";
import type { Statements } from "../../scope/statements.ts";

export interface ImportedWorkspace {
  readonly name: string;
  /** The id of the founder on the other server. */
  readonly createdBy: string;
  readonly createdAt: string;
}

/** A member of the other server who is not a member here. */
export interface AbsentMember {
  readonly userId: string;
  readonly email: string;
  readonly role: string;
}

/** An invite that has no working token. `invites.resend` gives it one. */
export interface UnsentInvite {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly tokenHash: string;
  readonly mailedTokenHash: string;
}

export interface FinishImportStatements {
  absentMembers(): Promise<AbsentMember[]>;
  /** Makes the accepted invite of each person an open one, with the role that the person had last. @returns the addresses */
  reopenInvites(): Promise<string[]>;
  insertInvites(invites: readonly UnsentInvite[], invitedBy: string): Promise<void>;
  /** @returns the name of the workspace before */
  finish(workspace: ImportedWorkspace, founderId: string): Promise<string>;
  openWork(): Promise<OpenWork>;
  /**
   * Assigns rows of people who have joined to their users.
   * @returns the number of changed rows; fewer than `most` when no row is left
   */
  assign(most: number): Promise<number>;
  /** The people with an address whose rows belong to a user who stands for them. */
  unassignedPeople(): Promise<number>;
}

/** What an admin has to do after an import. */
export interface OpenWork {
  /** Invites that can be accepted after they were sent again. */
  readonly invites: number;
  /** Service keys that work after they were rotated. */
  readonly serviceKeys: number;
}

export const finishImportStatements = (sql: Statements): FinishImportStatements => ({
  absentMembers: () => sql.query<AbsentMember>({ name: "projo_import_absent", text: ABSENT, values: [] }),
  reopenInvites: async () => {
    const rows = await sql.query<{ email: string }>({
      name: "projo_import_reopen",
      text: REOPEN,
      values: [],
    });
    return rows.map(({ email }) => email);
  },
  insertInvites: async (invites, invitedBy) => {
    await sql.query({
      name: "projo_import_invite",
      text: INVITE,
      values: [JSON.stringify(invites), invitedBy],
    });
  },
  finish: async ({ name, createdAt }, founderId) => {
    await sql.query({ name: "projo_import_finish", text: FINISH, values: [] });
    const values = [name, createdAt, founderId];
    const [row] = await sql.query<{ before: string }>({ name: "projo_import_name", text: RENAME, values });
    if (!row) throw new Error("The workspace disappeared while its row was locked.");
    return row.before;
  },
  openWork: async () => {
    const [row] = await sql.query<OpenWork>({ name: "projo_import_open_work", text: OPEN_WORK, values: [] });
    return row ?? { invites: 0, serviceKeys: 0 };
  },
  assign: async (most) => {
    const people = await sql.query<JoinedPerson>({ name: "projo_import_joined", text: JOINED, values: [] });
    if (people.length === 0) return 0;
    const ids = [people.map(({ oldId }) => oldId), people.map(({ newId }) => newId)];
    let left = most;
    for (const [name, text] of Object.entries(ASSIGN)) {
      if (left === 0) break;
      const rows = await sql.query({ name: `projo_assign_${name}`, text, values: [...ids, left] });
      left -= rows.length;
    }
    return most - left;
  },
  unassignedPeople: async () => {
    const [row] = await sql.query<{ many: number }>({
      name: "projo_unassigned",
      text: UNASSIGNED,
      values: [],
    });
    return row?.many ?? 0;
  },
});

/** The condition for an author who was a member on the other server and is none here. */
const IS_ABSENT = `a.workspace_id = ${CURRENT_WORKSPACE_SQL} AND a.email IS NOT NULL AND a.role IS NOT NULL
     AND NOT EXISTS (SELECT FROM workspace_members AS m WHERE m.workspace_id = a.workspace_id AND m.user_id = a.user_id)`;

const ABSENT = `SELECT a.user_id AS "userId", a.email, a.role FROM imported_authors AS a WHERE ${IS_ABSENT} ORDER BY a.id`;

/** An expired invite cannot be accepted before it is sent again. */
const REOPEN = `
  UPDATE invites AS i SET used_at = NULL, accepted_by = NULL, role = newest.role, expires_at = now()
    FROM (SELECT DISTINCT ON (a.email) i.id, a.role, a.email
            FROM imported_authors AS a
            JOIN invites AS i ON i.workspace_id = a.workspace_id AND i.accepted_by = a.user_id AND i.email = a.email
           WHERE ${IS_ABSENT} AND i.used_at IS NOT NULL
             AND NOT EXISTS (SELECT FROM invites AS o WHERE o.workspace_id = a.workspace_id AND o.email = a.email
                                AND o.used_at IS NULL AND o.revoked_at IS NULL)
           ORDER BY a.email, i.id DESC) AS newest
   WHERE i.workspace_id = ${CURRENT_WORKSPACE_SQL} AND i.id = newest.id
  RETURNING i.email`;

const INVITE = `
  INSERT INTO invites (workspace_id, id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
  SELECT ${CURRENT_WORKSPACE_SQL}, id, email, role, decode("tokenHash", 'hex'), decode("mailedTokenHash", 'hex'), $2::uuid, now()
    FROM jsonb_to_recordset($1::jsonb) AS given (id UUID, email TEXT, role TEXT, "tokenHash" TEXT, "mailedTokenHash" TEXT)
  ON CONFLICT (workspace_id, email) WHERE used_at IS NULL AND revoked_at IS NULL DO NOTHING`;

const FINISH = `UPDATE imports SET finished_at = now() WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}`;

const RENAME = `
  UPDATE workspaces AS w SET name = $1::text, created_at = $2::timestamptz, created_by = $3::uuid
    FROM workspaces AS before WHERE before.id = w.id AND w.id = ${CURRENT_WORKSPACE_SQL}
  RETURNING before.name AS before`;

/** An invite has a mail after it was sent, and a key has a token after it was created or rotated here. */
const OPEN_WORK = `
  SELECT (SELECT count(*) FROM invites AS i WHERE i.workspace_id = ${CURRENT_WORKSPACE_SQL}
                 AND i.used_at IS NULL AND i.revoked_at IS NULL
                 AND NOT EXISTS (SELECT FROM mail_outbox AS o
                                  WHERE o.about_workspace_id = i.workspace_id AND o.invite_id = i.id))::integer AS invites,
         (SELECT count(*) FROM service_keys AS k JOIN imports ON imports.workspace_id = k.workspace_id
           WHERE k.workspace_id = ${CURRENT_WORKSPACE_SQL} AND k.revoked_at IS NULL
             AND coalesce(k.rotated_at, k.created_at) < imports.finished_at)::integer AS "serviceKeys"`;

/** A person who has joined since the import, and the user who stood for the person. */
interface JoinedPerson {
  readonly oldId: string;
  readonly newId: string;
}

const JOINED = `
  SELECT a.user_id AS "oldId", m.user_id AS "newId" FROM imported_authors AS a
    JOIN users AS u ON u.email = a.email
    JOIN workspace_members AS m ON m.workspace_id = a.workspace_id AND m.user_id = u.id
   WHERE a.workspace_id = ${CURRENT_WORKSPACE_SQL} AND a.user_id <> m.user_id`;

const newIdOf = (column: string) =>
  `(SELECT person.new_id FROM unnest($1::uuid[], $2::uuid[]) AS person (old_id, new_id) WHERE person.old_id = t.${column} LIMIT 1)`;

/**
 * Assigns the rows with the lowest ids. The statement joins no tables: soon after an import, PostgreSQL expects one row in the
 * workspace, and would read the table once for each row of it.
 */
const assign = (table: string, column = "created_by") => `
  UPDATE ${table} AS t SET ${column} = ${newIdOf(column)}
   WHERE t.workspace_id = ${CURRENT_WORKSPACE_SQL} AND t.${column} = ANY ($1::uuid[])
     AND t.id <= coalesce((SELECT r.id FROM ${table} AS r
                            WHERE r.workspace_id = ${CURRENT_WORKSPACE_SQL} AND r.${column} = ANY ($1::uuid[])
                            ORDER BY r.id OFFSET $3::integer - 1 LIMIT 1), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  RETURNING t.id`;

/** The authors are last: a person is assigned when no row names the user who stood for them. */
const ASSIGN = {
  tasks: assign("tasks"),
  projects: assign("projects"),
  keys: assign("service_keys"),
  inviters: assign("invites", "invited_by"),
  accepters: assign("invites", "accepted_by"),
  workspace: `
    UPDATE workspaces AS t SET created_by = ${newIdOf("created_by")}
     WHERE t.id = ${CURRENT_WORKSPACE_SQL} AND t.created_by = ANY ($1::uuid[]) AND $3::integer > 0
    RETURNING t.id`,
  authors: assign("imported_authors", "user_id"),
} as const;

const UNASSIGNED = `SELECT count(*)::integer AS many FROM imported_authors AS a WHERE ${IS_ABSENT}`;
