import type { Permission, Role } from "@projostack/authz";
import type { ListPage, Statements } from "../scope/statements.ts";

export type ServiceKeyStatus = "active" | "expired" | "revoked";

export interface ServiceKeyRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly scopes: readonly Permission[];
  readonly status: ServiceKeyStatus;
  readonly createdBy: string;
  readonly creatorIsMember: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly rotatedAt: Date | null;
  readonly previousExpiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** A key's secret as it is kept: a code of it by the server's key of that number. */
export interface KeptSecret {
  readonly kid: number;
  /** 32 bytes. */
  readonly mac: Uint8Array;
}

export interface NewServiceKey {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly scopes: readonly Permission[];
  readonly secret: KeptSecret;
  readonly createdBy: string;
  readonly days: number;
  /** The most that may be active in one workspace. */
  readonly most: number;
}

export interface Rotation {
  readonly id: string;
  readonly secret: KeptSecret;
  readonly overlapHours: number;
  readonly days: number;
  /** The most that may be active in one workspace: one that has expired would be active again. */
  readonly most: number;
}

export interface ServiceKeyStatements {
  list(page: ListPage & { readonly status: ServiceKeyStatus | undefined }): Promise<ServiceKeyRow[]>;
  /** Null when there are as many as there may be. */
  insert(key: NewServiceKey): Promise<ServiceKeyRow | null>;
  /** "full" when it has expired, and as many are active as there may be. Null where there is none. */
  rotate(rotation: Rotation): Promise<ServiceKeyRow | "full" | null>;
  /** Ends the key, and the invites that it made. Null where there is none, or it is revoked already. */
  revoke(id: string): Promise<ServiceKeyRow | null>;
}

export const serviceKeyStatements = (sql: Statements): ServiceKeyStatements => ({
  list: ({ after = null, limit, status = null }) => sql.$queryRaw<ServiceKeyRow[]>`
    SELECT * FROM (
      SELECT k.id, k.name, k.role, k.scopes, k.created_by AS "createdBy", k.created_at AS "createdAt",
             k.expires_at AS "expiresAt", k.rotated_at AS "rotatedAt", k.last_used_at AS "lastUsedAt",
             CASE WHEN k.previous_expires_at > now() THEN k.previous_expires_at END AS "previousExpiresAt",
             CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= now() THEN 'expired' ELSE 'active' END AS status,
             EXISTS (SELECT FROM workspace_members AS m WHERE m.user_id = k.created_by) AS "creatorIsMember"
        FROM service_keys AS k WHERE ${after}::uuid IS NULL OR k.id < ${after}::uuid
    ) AS known
     WHERE ${status}::text IS NULL OR status = ${status}::text
     ORDER BY id DESC LIMIT ${limit}`,

  insert: async ({ id, name, role, scopes, secret, createdBy, days, most }) => {
    const [row] = await sql.$queryRaw<ServiceKeyRow[]>`
      INSERT INTO service_keys (id, workspace_id, name, role, scopes, secret_kid, secret_mac, created_by, expires_at)
      SELECT ${id}::uuid, w.id, ${name}::text, ${role}::text, ${[...scopes]}::text[], ${secret.kid}::integer, ${secret.mac}::bytea,
             ${createdBy}::uuid, now() + make_interval(days => ${days}::integer)
        FROM workspaces AS w
       WHERE (SELECT count(*) FROM service_keys WHERE revoked_at IS NULL AND expires_at > now()) < ${most}::bigint
      RETURNING id, name, role, scopes, created_by AS "createdBy", created_at AS "createdAt", expires_at AS "expiresAt",
                rotated_at AS "rotatedAt", last_used_at AS "lastUsedAt", previous_expires_at AS "previousExpiresAt",
                'active' AS status,
                EXISTS (SELECT FROM workspace_members AS m WHERE m.user_id = created_by) AS "creatorIsMember"`;
    return row ?? null;
  },

  rotate: async ({ id, secret, overlapHours, days, most }) => {
    // The token before lasts no longer than it would have, nor than the new one. Without an overlap nothing of it is kept.
    const [row] = await sql.$queryRaw<ServiceKeyRow[]>`
      UPDATE service_keys AS k
         SET previous_kid = CASE WHEN ${overlapHours}::integer > 0 THEN secret_kid END,
             previous_mac = CASE WHEN ${overlapHours}::integer > 0 THEN secret_mac END,
             previous_expires_at = CASE WHEN ${overlapHours}::integer > 0 THEN
               least(now() + make_interval(hours => ${overlapHours}::integer), expires_at,
                     now() + make_interval(days => ${days}::integer)) END,
             secret_kid = ${secret.kid}::integer, secret_mac = ${secret.mac}::bytea, rotated_at = now(),
             expires_at = now() + make_interval(days => ${days}::integer)
       WHERE k.id = ${id}::uuid AND k.revoked_at IS NULL
         AND (k.expires_at > now() OR (SELECT count(*) FROM service_keys WHERE revoked_at IS NULL AND expires_at > now()) < ${most}::bigint)
      RETURNING id, name, role, scopes, created_by AS "createdBy", created_at AS "createdAt", expires_at AS "expiresAt",
                rotated_at AS "rotatedAt", last_used_at AS "lastUsedAt", 'active' AS status,
                CASE WHEN previous_expires_at > now() THEN previous_expires_at END AS "previousExpiresAt",
                EXISTS (SELECT FROM workspace_members AS m WHERE m.user_id = k.created_by) AS "creatorIsMember"`;
    if (row) return row;
    const [there] = await sql.$queryRaw<object[]>`
      SELECT FROM service_keys WHERE id = ${id}::uuid AND revoked_at IS NULL`;
    return there ? "full" : null;
  },

  revoke: async (id) => {
    const [row] = await sql.$queryRaw<ServiceKeyRow[]>`
      WITH revoked AS (
        UPDATE service_keys SET revoked_at = now(), previous_kid = NULL, previous_mac = NULL, previous_expires_at = NULL
         WHERE id = ${id}::uuid AND revoked_at IS NULL
        RETURNING *
      ), ended AS (
        UPDATE invites SET revoked_at = now() FROM revoked
         WHERE invited_by_key = revoked.id AND used_at IS NULL AND invites.revoked_at IS NULL
        RETURNING invites.id
      ), unsent AS (
        DELETE FROM mail_outbox USING ended WHERE invite_id = ended.id
      )
      SELECT k.id, k.name, k.role, k.scopes, k.created_by AS "createdBy", k.created_at AS "createdAt",
             k.expires_at AS "expiresAt", k.rotated_at AS "rotatedAt", k.last_used_at AS "lastUsedAt",
             k.previous_expires_at AS "previousExpiresAt", 'revoked' AS status,
             EXISTS (SELECT FROM workspace_members AS m WHERE m.user_id = k.created_by) AS "creatorIsMember"
        FROM revoked AS k`;
    return row ?? null;
  },
});
