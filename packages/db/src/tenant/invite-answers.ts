// The statements by which an invited user answers an invite.
import type { Role } from "@projostack/authz";
import type { Statements } from "../scope/statements.ts";

export interface NewAcceptance {
  readonly inviteId: string;
  /** SHA-256 of the token that the user presented. */
  readonly tokenHash: Uint8Array;
  readonly userId: string;
  readonly memberId: string;
  /** All roles, lowest first. */
  readonly ranks: readonly Role[];
  /** The roles that may invite. */
  readonly invitingRoles: readonly Role[];
}

export interface AcceptResult {
  /** The user's role now: the invite's role, or the role of the existing membership. */
  readonly role: Role;
  /** False when the user was already a member. */
  readonly joined: boolean;
  /** The number of members before. */
  readonly membersBefore: number;
  readonly workspace: { id: string; name: string; createdBy: string; createdAt: Date };
}

export interface NewRefusal {
  readonly inviteId: string;
  /** The address of the user. */
  readonly email: string;
  /** SHA-256 of the token that the user presented, if any. */
  readonly tokenHash: Uint8Array | null;
}

export interface DeclinedInvite {
  readonly role: Role;
  readonly declinedAt: Date;
  /** False when the invite was declined before. */
  readonly isNew: boolean;
}

/** Both require a transaction that locks the workspace row, so that an earlier answer has committed. */
export interface InviteAnswerStatements {
  /** @returns null when the invite is no longer valid, for any reason */
  accept(acceptance: NewAcceptance): Promise<AcceptResult | null>;
  /** @returns null when the invite is neither pending nor declined, or is not for the address or the token */
  decline(refusal: NewRefusal): Promise<DeclinedInvite | null>;
}

export const inviteAnswerStatements = (sql: Statements): InviteAnswerStatements => ({
  accept: async ({ inviteId, tokenHash, userId, memberId, ranks, invitingRoles }) => {
    // One statement checks and uses the invite, so only one of several concurrent callers succeeds. The inviter must still
    // have the right to invite, and a role that is at least the invite's role.
    const [row] = await sql.$queryRaw<(Omit<AcceptResult, "workspace"> & AcceptResult["workspace"])[]>`
      WITH used AS (
        UPDATE invites AS i SET used_at = now(), accepted_by = ${userId}::uuid
         WHERE i.id = ${inviteId}::uuid AND (i.token_hash = ${tokenHash}::bytea OR i.mailed_token_hash = ${tokenHash}::bytea)
           AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > clock_timestamp()
           AND EXISTS (SELECT FROM workspaces WHERE deleted_at IS NULL)
           AND EXISTS (
             SELECT FROM (
               SELECT m.role FROM workspace_members AS m WHERE i.invited_by_key IS NULL AND m.user_id = i.invited_by
               UNION ALL
               SELECT k.role FROM service_keys AS k
                WHERE k.id = i.invited_by_key AND 'invite:manage' = ANY (k.scopes)
                  AND k.revoked_at IS NULL AND k.expires_at > clock_timestamp()
             ) AS inviter
              WHERE inviter.role = ANY (${[...invitingRoles]}::text[])
                AND array_position(${[...ranks]}::text[], i.role) <= array_position(${[...ranks]}::text[], inviter.role)
           )
        RETURNING i.id, i.workspace_id, i.role
      ), joined AS (
        INSERT INTO workspace_members (id, workspace_id, user_id, role)
        SELECT ${memberId}::uuid, used.workspace_id, ${userId}::uuid, used.role FROM used
        ON CONFLICT (workspace_id, user_id) DO NOTHING
        RETURNING role
      ), unsent AS (
        DELETE FROM mail_outbox USING used WHERE invite_id = used.id
      )
      SELECT coalesce(joined.role, (SELECT role FROM workspace_members WHERE user_id = ${userId}::uuid)) AS role,
             joined.role IS NOT NULL AS joined, (SELECT count(*) FROM workspace_members)::integer AS "membersBefore", w.id, w.name, w.created_by AS "createdBy", w.created_at AS "createdAt"
        FROM used JOIN workspaces AS w ON w.id = used.workspace_id LEFT JOIN joined ON true`;
    if (!row) return null;
    const { role, joined, membersBefore, ...workspace } = row;
    return { role, joined, membersBefore, workspace };
  },

  decline: async ({ inviteId, email, tokenHash }) => {
    const [row] = await sql.$queryRaw<DeclinedInvite[]>`
      WITH named AS (
        SELECT i.id, i.role, i.declined_at
          FROM invites AS i JOIN workspaces AS w ON w.id = i.workspace_id AND w.deleted_at IS NULL
         WHERE i.id = ${inviteId}::uuid AND i.email = ${email}::text
           AND (${tokenHash}::bytea IS NULL OR i.token_hash = ${tokenHash}::bytea OR i.mailed_token_hash = ${tokenHash}::bytea)
           FOR UPDATE OF i
      ), declined AS (
        UPDATE invites AS i SET revoked_at = now(), declined_at = now() FROM named
         WHERE i.id = named.id AND i.expires_at > clock_timestamp() AND i.revoked_at IS NULL AND i.used_at IS NULL
        RETURNING i.id, i.declined_at
      ), unsent AS (
        DELETE FROM mail_outbox USING declined WHERE invite_id = declined.id
      )
      SELECT named.role, coalesce(declined.declined_at, named.declined_at) AS "declinedAt", declined.id IS NOT NULL AS "isNew"
        FROM named LEFT JOIN declined ON true WHERE declined.id IS NOT NULL OR named.declined_at IS NOT NULL`;
    return row ?? null;
  },
});
