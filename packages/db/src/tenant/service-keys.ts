import type { Permission, Role } from "@projostack/authz";
import { Prisma } from "../generated/client.ts";
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

/** The stored form of a service key's secret. */
export interface KeptSecret {
  /** The number of the server key that made the MAC. */
  readonly kid: number;
  /** The MAC of the secret: 32 bytes. */
  readonly mac: Uint8Array;
}

export interface NewServiceKey {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly scopes: readonly Permission[];
  readonly secret: KeptSecret;
  readonly createdBy: string;
  /** How long the key is valid. */
  readonly days: number;
  /** The maximum number of active keys in a workspace. */
  readonly most: number;
}

export interface Rotation {
  readonly id: string;
  readonly secret: KeptSecret;
  /** How long the previous secret still works; 0 ends it at once. */
  readonly overlapHours: number;
  /** How long the key is valid from now on. */
  readonly days: number;
  /** The maximum number of active keys in a workspace. It counts here because an expired key becomes active again. */
  readonly most: number;
}

export interface ServiceKeyStatements {
  list(page: ListPage & { readonly status: ServiceKeyStatus | undefined }): Promise<ServiceKeyRow[]>;
  /** @returns null when the workspace has the maximum number of active keys */
  insert(key: NewServiceKey): Promise<ServiceKeyRow | null>;
  /** @returns "full" when the key has expired and the maximum is reached; null when the key is unknown or revoked */
  rotate(rotation: Rotation): Promise<ServiceKeyRow | "full" | null>;
  /** Revokes the key and the unused invites that it created. @returns null when the key is unknown or already revoked */
  revoke(id: string): Promise<ServiceKeyRow | null>;
}

export const serviceKeyStatements = (sql: Statements): ServiceKeyStatements => ({
  list: ({ after = null, limit, status = null }) => sql.$queryRaw<ServiceKeyRow[]>`
    SELECT * FROM (
      SELECT ${KEY_COLUMNS} FROM service_keys AS k WHERE ${after}::uuid IS NULL OR k.id < ${after}::uuid
    ) AS listed
     WHERE ${status}::text IS NULL OR status = ${status}::text
     ORDER BY id DESC LIMIT ${limit}`,

  insert: async ({ id, name, role, scopes, secret, createdBy, days, most }) => {
    const [row] = await sql.$queryRaw<ServiceKeyRow[]>`
      INSERT INTO service_keys AS k (id, workspace_id, name, role, scopes, secret_kid, secret_mac, created_by, expires_at)
      SELECT ${id}::uuid, w.id, ${name}::text, ${role}::text, ${[...scopes]}::text[], ${secret.kid}::integer, ${secret.mac}::bytea,
             ${createdBy}::uuid, now() + make_interval(days => ${days}::integer)
        FROM workspaces AS w
       WHERE (SELECT count(*) FROM service_keys WHERE revoked_at IS NULL AND expires_at > now()) < ${most}::bigint
      RETURNING ${KEY_COLUMNS}`;
    return row ?? null;
  },

  rotate: async ({ id, secret, overlapHours, days, most }) => {
    // The previous secret ends no later than it would have without the rotation, and no later than the new secret. Without
    // an overlap it is deleted.
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
      RETURNING ${KEY_COLUMNS}`;
    if (row) return row;
    const [existing] = await sql.$queryRaw<object[]>`
      SELECT FROM service_keys WHERE id = ${id}::uuid AND revoked_at IS NULL`;
    return existing ? "full" : null;
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
      SELECT ${KEY_COLUMNS} FROM revoked AS k`;
    return row ?? null;
  },
});

/** The columns of `ServiceKeyRow`, read from `k`. */
const KEY_COLUMNS = Prisma.sql`
  k.id, k.name, k.role, k.scopes, k.created_by AS "createdBy", k.created_at AS "createdAt", k.expires_at AS "expiresAt",
  k.rotated_at AS "rotatedAt", k.last_used_at AS "lastUsedAt",
  CASE WHEN k.previous_expires_at > now() THEN k.previous_expires_at END AS "previousExpiresAt",
  CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= now() THEN 'expired' ELSE 'active' END AS status,
  EXISTS (SELECT FROM workspace_members AS m WHERE m.user_id = k.created_by) AS "creatorIsMember"`;
