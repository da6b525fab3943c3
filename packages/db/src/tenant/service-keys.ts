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
  /** How long the newest secret still works; 0 ends it and all earlier secrets at once. */
  readonly overlapHours: number;
  /** How long the new secret is valid. Undefined: as long as the newest secret was at its creation. */
  readonly days: number | undefined;
  /** The maximum number of active keys in a workspace. It counts here because an expired key becomes active again. */
  readonly most: number;
}

export interface ServiceKeyStatements {
  list(page: ListPage & { readonly status: ServiceKeyStatus | undefined }): Promise<ServiceKeyRow[]>;
  /** @returns null when the workspace has the maximum number of active keys */
  insert(key: NewServiceKey): Promise<ServiceKeyRow | null>;
  /**
   * @returns "full" when the key has expired and the maximum of active keys is reached; "crowded" when too many earlier
   * secrets of the key still work; null when the key is unknown or revoked
   */
  rotate(rotation: Rotation): Promise<ServiceKeyRow | "full" | "crowded" | null>;
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
    // The newest secret ends no later than it would have without the rotation, and no later than the new secret. A trigger
    // keeps all secrets that an earlier rotation replaced, until the end that it announced. Without an overlap, the row
    // keeps none.
    const [row] = await sql.$queryRaw<ServiceKeyRow[]>`
      UPDATE service_keys AS k
         SET previous_kid = CASE WHEN ${overlapHours}::integer > 0 THEN secret_kid END,
             previous_mac = CASE WHEN ${overlapHours}::integer > 0 THEN secret_mac END,
             previous_expires_at = CASE WHEN ${overlapHours}::integer > 0 THEN
               least(now() + make_interval(hours => ${overlapHours}::integer), ${SECRET_EXPIRES_AT}, ${newEnd(days)}) END,
             secret_kid = ${secret.kid}::integer, secret_mac = ${secret.mac}::bytea, rotated_at = now(),
             expires_at = ${newEnd(days)}
       WHERE k.id = ${id}::uuid AND k.revoked_at IS NULL
         AND (k.expires_at > now() OR (SELECT count(*) FROM service_keys WHERE revoked_at IS NULL AND expires_at > now()) < ${most}::bigint)
         AND (${overlapHours}::integer = 0 OR ${EARLIER_SECRETS} < ${MOST_EARLIER_SECRETS}::integer)
      RETURNING ${KEY_COLUMNS}`;
    if (row) return row;
    const [existing] = await sql.$queryRaw<{ isExpired: boolean }[]>`
      SELECT k.expires_at <= now() AS "isExpired" FROM service_keys AS k WHERE k.id = ${id}::uuid AND k.revoked_at IS NULL`;
    if (!existing) return null;
    return existing.isExpired ? "full" : "crowded";
  },

  revoke: async (id) => {
    const [row] = await sql.$queryRaw<ServiceKeyRow[]>`
      WITH revoked AS (
        UPDATE service_keys
           SET revoked_at = now(), previous_kid = NULL, previous_mac = NULL, previous_expires_at = NULL,
               earlier_kids = '{}', earlier_macs = '{}', earlier_expire_at = '{}'
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

/** How many secrets before the previous one can work at the same time. A constraint of the table has the same number. */
const MOST_EARLIER_SECRETS = 20;

/** The end of the newest secret of `k`. The key itself can end later, with an earlier secret. */
const SECRET_EXPIRES_AT = Prisma.sql`coalesce(k.secret_expires_at, k.expires_at)`;

/** How many secrets of `k` would be earlier than the previous one after a rotation. */
const EARLIER_SECRETS = Prisma.sql`
  (SELECT count(*) FROM unnest(k.earlier_expire_at || k.previous_expires_at) AS e(expires_at) WHERE e.expires_at > now())`;

/** The end of a new secret of `k`: after these days, else after the term of the newest secret. */
const newEnd = (days: number | undefined) => Prisma.sql`
  now() + coalesce(make_interval(days => ${days ?? null}::integer),
                   greatest(${SECRET_EXPIRES_AT} - coalesce(k.rotated_at, k.created_at), interval '1 day'))`;

/** The columns of `ServiceKeyRow`, read from `k`. */
const KEY_COLUMNS = Prisma.sql`
  k.id, k.name, k.role, k.scopes, k.created_by AS "createdBy", k.created_at AS "createdAt",
  ${SECRET_EXPIRES_AT} AS "expiresAt", k.rotated_at AS "rotatedAt", k.last_used_at AS "lastUsedAt",
  (SELECT min(e.expires_at) FROM unnest(k.earlier_expire_at || k.previous_expires_at) AS e(expires_at)
    WHERE e.expires_at > now()) AS "previousExpiresAt",
  CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= now() THEN 'expired' ELSE 'active' END AS status,
  EXISTS (SELECT FROM workspace_members AS m WHERE m.user_id = k.created_by) AS "creatorIsMember"`;
