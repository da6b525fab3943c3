import type { Role } from "@projostack/authz";
import { Prisma } from "../generated/client.ts";
import type { ListPage, Statements } from "../scope/statements.ts";
import { noticeLimits } from "./notice-limits.ts";

export interface MemberRow {
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  readonly role: Role;
  readonly createdAt: Date;
}

/** The result of a change of a member. */
export interface MemberChange {
  readonly member: MemberRow;
  /** The role before the change. */
  readonly before: Role;
  /** False when the member is the only admin, so that nothing was changed. */
  readonly done: boolean;
  /** The ids of the member's invites that the change revoked. */
  readonly endedInvites: readonly string[];
}

export interface MemberRemoval extends MemberChange {
  /** The active service keys that the member created. They stay active. */
  readonly keysLeft: readonly { readonly id: string; readonly name: string }[];
}

export interface RoleChange {
  readonly userId: string;
  readonly role: Role;
  /** Whether a notice of the change is mailed to the member. */
  readonly isNotified: boolean;
}

export interface Removal {
  readonly userId: string;
  readonly byUserId: string;
  /** Whether a notice of the removal is mailed to the user. */
  readonly isNotified: boolean;
}

export interface MemberListing extends ListPage {
  readonly role: Role | undefined;
  /** A part of the email address, which projo_fold folds. */
  readonly search?: string | undefined;
}

/** All statements but `find` and `list` require a transaction with `lockMembers`, so that no other change of members runs meanwhile. */
export interface MemberStatements {
  find(userId: string): Promise<MemberRow | null>;
  list(listing: MemberListing): Promise<MemberRow[]>;
  /** @returns null when the user is not a member */
  changeRole(change: RoleChange): Promise<MemberChange | null>;
  /**
   * Removes a member. When the member created keys that stay active, it queues a mail to every other admin but `byUserId`.
   * @returns null when the user is not a member
   */
  remove(removal: Removal): Promise<MemberRemoval | null>;
}

export const memberStatements = (sql: Statements): MemberStatements => ({
  find: async (userId) => {
    const [row] = await sql.$queryRaw<MemberRow[]>`
      SELECT ${MEMBER_COLUMNS} FROM workspace_members AS m JOIN users AS u ON u.id = m.user_id
       WHERE m.user_id = ${userId}::uuid`;
    return row ?? null;
  },

  // A stored address is its own folded form: it is ASCII in lower case, without white space.
  list: ({ after = null, limit, role = null, search = null }) => sql.$queryRaw<MemberRow[]>`
    SELECT ${MEMBER_COLUMNS} FROM workspace_members AS m JOIN users AS u ON u.id = m.user_id
     WHERE (${after}::uuid IS NULL OR m.id < ${after}::uuid) AND (${role}::text IS NULL OR m.role = ${role}::text)
       AND (${search}::text IS NULL OR strpos(u.email COLLATE "C", (SELECT projo_fold(${search}::text))) > 0)
     ORDER BY m.id DESC LIMIT ${limit}`,

  changeRole: async ({ userId, role, isNotified }) => {
    const [row] = await sql.$queryRaw<ChangeRow[]>`
      WITH target AS (
        SELECT m.id, m.workspace_id, m.user_id, m.role, m.created_at, u.email
          FROM workspace_members AS m JOIN users AS u ON u.id = m.user_id WHERE m.user_id = ${userId}::uuid
      ), other_admin AS (
        SELECT FROM workspace_members WHERE role = 'admin' AND user_id <> ${userId}::uuid LIMIT 1
      ), changed AS (
        UPDATE workspace_members AS m SET role = ${role}::text FROM target
         WHERE m.id = target.id AND (${role}::text = 'admin' OR EXISTS (SELECT FROM other_admin))
        RETURNING m.user_id
      ), ended AS (
        UPDATE invites SET revoked_at = now() FROM changed
         WHERE invited_by = changed.user_id AND invited_by_key IS NULL AND ${role}::text <> 'admin'
           AND used_at IS NULL AND revoked_at IS NULL
        RETURNING invites.id
      ), unsent AS (
        DELETE FROM mail_outbox USING ended WHERE invite_id = ended.id
      ), ${notice("member.role_changed", Prisma.sql`changed`, {
        facts: Prisma.sql`'from', target.role, 'to', ${role}::text`,
        isWanted: Prisma.sql`${isNotified}::boolean AND target.role <> ${role}::text`,
      })}
      SELECT target.id, target.user_id AS "userId", target.email, target.role AS before, target.created_at AS "createdAt",
             EXISTS (SELECT FROM changed) AND ${IS_NOTIFIED} AS done, ARRAY(SELECT id::text FROM ended) AS "endedInvites"
        FROM target`;
    if (!row) return null;
    const { before, done, endedInvites, ...member } = row;
    return { member: { ...member, role: done ? role : before }, before, done, endedInvites };
  },

  remove: async ({ userId, byUserId, isNotified }) => {
    const [row] = await sql.$queryRaw<(ChangeRow & Pick<MemberRemoval, "keysLeft">)[]>`
      WITH target AS (
        SELECT m.id, m.workspace_id, m.user_id, m.role, m.created_at, u.email
          FROM workspace_members AS m JOIN users AS u ON u.id = m.user_id WHERE m.user_id = ${userId}::uuid
      ), other_admin AS (
        SELECT u.email, u.id FROM workspace_members AS m JOIN users AS u ON u.id = m.user_id
         WHERE m.role = 'admin' AND m.user_id <> ${userId}::uuid
      ), removed AS (
        DELETE FROM workspace_members AS m USING target
         WHERE m.id = target.id AND (target.role <> 'admin' OR EXISTS (SELECT FROM other_admin))
        RETURNING m.user_id
      ), ended AS (
        UPDATE invites SET revoked_at = now() FROM removed
         WHERE invited_by = removed.user_id AND invited_by_key IS NULL AND used_at IS NULL AND revoked_at IS NULL
        RETURNING invites.id
      ), unsent AS (
        DELETE FROM mail_outbox USING ended WHERE invite_id = ended.id
      ), kept AS (
        SELECT k.id, k.name FROM service_keys AS k JOIN removed ON removed.user_id = k.created_by
         WHERE k.revoked_at IS NULL AND k.expires_at > now() ORDER BY k.id
      ), informed_admins AS (
        INSERT INTO mail_outbox (id, template, recipient, about_workspace_id, facts)
        SELECT gen_random_uuid(), 'keys.creator_left', other_admin.email, target.workspace_id,
               jsonb_build_object('workspaceName', w.name, 'email', target.email,
                                  'keyNames', (SELECT jsonb_agg(name ORDER BY id) FROM kept))
          FROM other_admin, target, removed, workspaces AS w
         WHERE other_admin.id <> ${byUserId}::uuid AND EXISTS (SELECT FROM kept)
      ), ${notice("member.removed", Prisma.sql`removed`, {
        facts: Prisma.sql`'role', target.role`,
        isWanted: Prisma.sql`${isNotified}::boolean`,
      })}
      SELECT target.id, target.user_id AS "userId", target.email, target.role AS before, target.created_at AS "createdAt",
             EXISTS (SELECT FROM removed) AND ${IS_NOTIFIED} AS done, ARRAY(SELECT id::text FROM ended) AS "endedInvites",
             (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name)), '[]') FROM kept) AS "keysLeft"
        FROM target`;
    if (!row) return null;
    const { before, done, endedInvites, keysLeft, ...member } = row;
    return { member: { ...member, role: before }, before, done, endedInvites, keysLeft };
  },
});

const MEMBER_COLUMNS = Prisma.sql`m.id, m.user_id AS "userId", u.email, m.role, m.created_at AS "createdAt"`;

type ChangeRow = Omit<MemberRow, "role"> & Omit<MemberChange, "member">;

interface Notice {
  /** The names and values of the template, besides the workspace and the time. */
  readonly facts: Prisma.Sql;
  readonly isWanted: Prisma.Sql;
}

/** The common table expression that queues a notice to the member in `target` about the change in `done`. */
const notice = (template: string, done: Prisma.Sql, { facts, isWanted }: Notice) => Prisma.sql`
  notified AS (
    SELECT projo_queue_notice(${template}::text, target.user_id, target.email, target.workspace_id,
             jsonb_build_object('workspaceName', w.name, 'at', now(), ${facts}),
             ${noticeLimits.verified.most}::integer, ${noticeLimits.verified.seconds}::double precision)
      FROM target JOIN ${done} ON true JOIN workspaces AS w ON w.id = target.workspace_id WHERE ${isWanted}
  )`;

/** Always true. PostgreSQL runs a SELECT in a common table expression only if the statement reads it. */
const IS_NOTIFIED = Prisma.sql`(SELECT count(*) FROM notified) >= 0`;
