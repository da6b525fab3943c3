import type { Role } from "@projostack/authz";
import { Prisma } from "../generated/client.ts";
import type { ListPage, Statements } from "../scope/statements.ts";
import { inviteAnswerStatements, type InviteAnswerStatements } from "./invite-answers.ts";
import { deliveryColumns, type MailDelivery } from "./mail-delivery.ts";

export type InviteStatus = "pending" | "accepted" | "declined" | "revoked" | "expired";

export interface InviteRow extends MailDelivery {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly status: InviteStatus;
  readonly invitedBy: string;
  readonly expiresAt: Date;
  readonly createdAt: Date;
}

/** The stored forms of an invite's two tokens, and the mail that delivers one of them. */
export interface InviteTokens {
  /** SHA-256 of the token in the inviter's link. */
  readonly tokenHash: Uint8Array;
  /** SHA-256 of the token in the mailed link. */
  readonly mailedTokenHash: Uint8Array;
  readonly mailId: string;
  /** The mailed token is derived from the salt with the server key of this number. */
  readonly tokenKid: number;
  readonly tokenSalt: Uint8Array;
}

export interface Inviter {
  readonly userId: string;
  readonly keyId: string | undefined;
}

export interface NewInvite extends InviteTokens {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly inviter: Inviter;
  /** The maximum number of pending invites in a workspace. */
  readonly most: number;
  /** How long the invite is valid. */
  readonly seconds: number;
}

export interface RenewedInvite extends InviteTokens {
  readonly id: string;
  readonly inviter: Inviter;
  /** The maximum number of pending invites in a workspace. It counts here because an expired invite becomes pending again. */
  readonly most: number;
  readonly seconds: number;
}

export type InviteResult =
  | { readonly outcome: "sent"; readonly invite: InviteRow }
  | { readonly outcome: NotSent; readonly invite: null };

/**
 * Why no invite was sent: a pending invite for the address exists; the address is a member's; too many invites are pending;
 * the invite to renew was not found.
 */
type NotSent = "exists" | "member" | "full" | "missing";

export interface InviteStatements extends InviteAnswerStatements {
  list(page: ListPage & { readonly status: InviteStatus | undefined }): Promise<InviteRow[]>;
  insert(invite: NewInvite): Promise<InviteResult>;
  /** Gives an unused, unrevoked invite new tokens and a new mail. The actor who renews it becomes its inviter. */
  renew(invite: RenewedInvite): Promise<InviteResult>;
  /** @returns null when the invite is not pending */
  revoke(id: string): Promise<InviteRow | null>;
}

export const inviteStatements = (sql: Statements): InviteStatements => ({
  ...inviteAnswerStatements(sql),

  list: ({ after = null, limit, status = null }) => sql.$queryRaw<InviteRow[]>`
    SELECT known.id, email, role, known.status, "invitedBy", "expiresAt", "createdAt", ${deliveryColumns} FROM (
      SELECT i.id, i.workspace_id, i.email, i.role, i.invited_by AS "invitedBy", i.expires_at AS "expiresAt", i.created_at AS "createdAt",
             CASE WHEN i.used_at IS NOT NULL THEN 'accepted' WHEN i.declined_at IS NOT NULL THEN 'declined'
                  WHEN i.revoked_at IS NOT NULL THEN 'revoked'
                  WHEN i.expires_at <= now() THEN 'expired' ELSE 'pending' END AS status
        FROM invites AS i WHERE ${after}::uuid IS NULL OR i.id < ${after}::uuid
    ) AS known LEFT JOIN mail_outbox AS mail ON mail.about_workspace_id = known.workspace_id AND mail.invite_id = known.id
     WHERE ${status}::text IS NULL OR known.status = ${status}::text
     ORDER BY known.id DESC LIMIT ${limit}`,

  insert: async (invite) => {
    const { id, email, role, inviter, most, seconds, tokenHash, mailedTokenHash } = invite;
    // An expired invite to the address is revoked first, so that the unique index allows a new one. Reading `lapsed` in
    // `seen` makes the insert run after that update.
    const [row] = await sql.$queryRaw<InvitedRow[]>`
      WITH lapsed AS (
        UPDATE invites SET revoked_at = now()
         WHERE email = ${email}::text AND used_at IS NULL AND revoked_at IS NULL AND expires_at <= now()
        RETURNING id
      ), unsent AS (
        DELETE FROM mail_outbox USING lapsed WHERE invite_id = lapsed.id
      ), seen AS (
        SELECT EXISTS (
                 SELECT FROM workspace_members AS m JOIN users AS u ON u.id = m.user_id WHERE u.email = ${email}::text
               ) AS is_member,
               (SELECT count(*) FROM invites WHERE used_at IS NULL AND revoked_at IS NULL AND expires_at > now()) AS pending,
               (SELECT count(*) FROM lapsed) AS lapsed
      ), sent AS (
        INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, invited_by_key, expires_at)
        SELECT ${id}::uuid, w.id, ${email}::text, ${role}::text, ${tokenHash}::bytea, ${mailedTokenHash}::bytea,
               ${inviter.userId}::uuid, ${inviter.keyId ?? null}::uuid, ${expiry(seconds, inviter)}
          FROM workspaces AS w, seen WHERE NOT seen.is_member AND seen.pending < ${most}::bigint AND seen.lapsed >= 0
        ON CONFLICT (workspace_id, email) WHERE used_at IS NULL AND revoked_at IS NULL DO NOTHING
        RETURNING *
      ), ${queueMail(invite)}
      SELECT CASE WHEN sent.id IS NOT NULL THEN 'sent' WHEN seen.is_member THEN 'member'
                  WHEN seen.pending >= ${most}::bigint THEN 'full' ELSE 'exists' END AS outcome, ${SENT}
        FROM seen LEFT JOIN sent ON true`;
    return inviteResultOf(row);
  },

  renew: async (invite) => {
    const { id, inviter, most, seconds, tokenHash, mailedTokenHash } = invite;
    const [row] = await sql.$queryRaw<InvitedRow[]>`
      WITH asked AS (
        SELECT i.id, EXISTS (
                 SELECT FROM workspace_members AS m JOIN users AS u ON u.id = m.user_id WHERE u.email = i.email
               ) AS is_member,
               i.expires_at <= now() AND ${most}::bigint <= (
                 SELECT count(*) FROM invites AS o WHERE o.used_at IS NULL AND o.revoked_at IS NULL AND o.expires_at > now()
               ) AS is_full
          FROM invites AS i WHERE i.id = ${id}::uuid AND i.used_at IS NULL AND i.revoked_at IS NULL FOR UPDATE OF i
      ), sent AS (
        UPDATE invites AS i
           SET token_hash = ${tokenHash}::bytea, mailed_token_hash = ${mailedTokenHash}::bytea,
               invited_by = ${inviter.userId}::uuid, invited_by_key = ${inviter.keyId ?? null}::uuid,
               expires_at = ${expiry(seconds, inviter)}
          FROM asked WHERE i.id = asked.id AND NOT asked.is_member AND NOT asked.is_full
        RETURNING i.*
      ), unsent AS (
        DELETE FROM mail_outbox USING sent WHERE invite_id = sent.id
      ), ${queueMail(invite)}
      SELECT CASE WHEN sent.id IS NOT NULL THEN 'sent' WHEN asked.is_member THEN 'member' ELSE 'full' END AS outcome, ${SENT}
        FROM asked LEFT JOIN sent ON true`;
    return inviteResultOf(row);
  },

  revoke: async (id) => {
    const [row] = await sql.$queryRaw<InviteRow[]>`
      WITH revoked AS (
        UPDATE invites SET revoked_at = now()
         WHERE id = ${id}::uuid AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now()
        RETURNING *
      ), unsent AS (
        DELETE FROM mail_outbox USING revoked WHERE invite_id = revoked.id
      )
      SELECT id, email, role, 'revoked' AS status, invited_by AS "invitedBy", expires_at AS "expiresAt",
             created_at AS "createdAt", NULL AS "mailStatus", NULL AS "mailStatusAt", NULL AS "mailProblem" FROM revoked`;
    return row ?? null;
  },
});

/** The end of an invite: after `seconds`, but no later than the end of the service key that creates it. */
const expiry = (seconds: number, { keyId }: Inviter) => Prisma.sql`
  least(now() + make_interval(secs => ${seconds}::double precision),
        (SELECT k.expires_at FROM service_keys AS k WHERE k.id = ${keyId ?? null}::uuid))`;

/** The common table expression that queues the mail of the invite in `sent`. */
const queueMail = ({ mailId, tokenKid, tokenSalt }: InviteTokens) => Prisma.sql`
  mail AS (
    INSERT INTO mail_outbox (id, template, recipient, about_workspace_id, invite_id, token_kid, token_salt, expires_at, facts)
    SELECT ${mailId}::uuid, 'invite', sent.email, sent.workspace_id, sent.id, ${tokenKid}::integer, ${tokenSalt}::bytea,
           sent.expires_at, jsonb_build_object('workspaceName', w.name, 'role', sent.role,
                                               'inviter', coalesce(k.name, u.email), 'isService', k.id IS NOT NULL)
      FROM sent JOIN workspaces AS w ON w.id = sent.workspace_id
           LEFT JOIN users AS u ON u.id = sent.invited_by LEFT JOIN service_keys AS k ON k.id = sent.invited_by_key
  )`;

/** The columns of `InviteRow`, read from `sent`. */
const SENT = Prisma.sql`
  sent.id, sent.email, sent.role, 'pending' AS status, sent.invited_by AS "invitedBy", sent.expires_at AS "expiresAt",
  sent.created_at AS "createdAt", 'waiting' AS "mailStatus", now() AS "mailStatusAt", NULL AS "mailProblem"`;

type InvitedRow = ({ readonly outcome: "sent" } & InviteRow) | { readonly outcome: NotSent };

function inviteResultOf(row: InvitedRow | undefined): InviteResult {
  if (!row) return { outcome: "missing", invite: null };
  if (row.outcome !== "sent") return { outcome: row.outcome, invite: null };
  const { outcome, ...invite } = row;
  return { outcome, invite };
}
