import type { Role } from "@projostack/authz";
import { singleMessageSetup } from "../scope/enter-sql.ts";
import { runInOneTrip, type RunStatement } from "../scope/run-statement.ts";
import type { PreparedStatement } from "../connection/one-trip.ts";
import type { PoolSource } from "../scope/scoped-connection.ts";
import type { PrefetchedRows, PreparedQuery } from "../scope/statements.ts";

/** How a client holds a session: with bearer tokens, or with a cookie of a browser. A session has one mode for life. */
export type SessionMode = "bearer" | "cookie";

/** A session, its user, and the user's membership in the requested workspace. */
export interface SessionRecord {
  readonly session: {
    readonly id: string;
    /** 32 bytes. The key of the session's tokens is derived from the salt and a server key. */
    readonly salt: Uint8Array;
    readonly generation: number;
    /** Whether a token of this generation was used. */
    readonly confirmed: boolean;
    /** The first use of this generation's cookie. Null before it, and for a bearer session. */
    readonly confirmedAt: Date | null;
    readonly rotatedAt: Date;
    readonly createdAt: Date;
    readonly expiresAt: Date;
    readonly absoluteExpiresAt: Date;
    readonly currentWorkspaceId: string | null;
  };
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly emailVerifiedAt: Date | null;
    readonly createdAt: Date;
  };
  /** Null when no workspace was requested or the user is not a member of it. */
  readonly membership: { readonly workspaceId: string; readonly role: Role } | null;
  /** The time by the database's clock, which decides what has expired. */
  readonly databaseNow: Date;
  /** The prefetched rows, if a query was prefetched and the user is a member. Use them only after the token is verified. */
  readonly prefetched?: PrefetchedRows;
}

/** A query to run in the round trip of the authentication. It returns rows only to members with one of the roles. */
export interface PrefetchRequest {
  readonly query: PreparedQuery<object>;
  readonly roles: readonly Role[];
}

/** A prefetch with an access token. It returns no rows when the token has expired by the database's clock. */
export interface SessionPrefetch extends PrefetchRequest {
  /** The expiry of the token in Unix time. */
  readonly tokenEndsAtSeconds: number;
}

/** The session to find, and the workspace whose membership is read. */
export interface SessionQuery {
  readonly sessionId: string;
  readonly workspaceId: string | null;
}

interface Row {
  session_id: string;
  salt: Uint8Array;
  generation: number;
  /** Of a bearer session. */
  confirmed?: boolean;
  /** Of a cookie session. */
  confirmed_at?: Date | null;
  rotated_at: Date;
  session_created_at: Date;
  expires_at: Date;
  absolute_expires_at: Date;
  current_workspace_id: string | null;
  user_id: string;
  email: string;
  email_verified_at: Date | null;
  user_created_at: Date;
  workspace_id: string | null;
  role: Role | null;
  database_now: Date;
}

const LOOKUPS = {
  bearer: ["session", "SELECT * FROM projo_session($1::uuid, $2::uuid)"],
  cookie: ["cookie_session", "SELECT * FROM projo_cookie_session($1::uuid, $2::uuid)"],
} as const satisfies Record<SessionMode, readonly [name: string, text: string]>;

/**
 * Reads a session of this mode, its user and the membership in one round trip. The caller checks the token.
 */
export async function findSession(
  run: RunStatement,
  mode: SessionMode,
  { sessionId, workspaceId }: SessionQuery,
): Promise<SessionRecord | null> {
  const [name, text] = LOOKUPS[mode];
  const { rows } = await run<Row>(name, text, [sessionId, workspaceId]);
  const [row] = rows;
  return row === undefined ? null : recordOf(row);
}

const PREFETCHING = "SELECT * FROM projo_session_prefetching($1::uuid, $2::uuid, $3::text, $4::bigint)";
const COOKIE_PREFETCHING = "SELECT * FROM projo_cookie_session_prefetching($1::uuid, $2::uuid, $3::text)";

/**
 * Reads the same as `findSession`, and runs a query in the workspace in the same round trip. The database returns rows only
 * to members with one of the roles, and only while the session and the token have not expired. Call it only for a token with
 * a valid checksum: the database cannot verify the token's MAC, so the caller must do so before it uses the rows.
 */
export const findSessionWithPrefetch = (
  source: PoolSource,
  session: SessionQuery,
  { tokenEndsAtSeconds, ...prefetch }: SessionPrefetch,
): Promise<SessionRecord | null> =>
  prefetchBehind(source, { session, prefetch }, (values) => ({
    name: "projo_session_prefetching",
    text: PREFETCHING,
    values: [...values, tokenEndsAtSeconds],
  }));

/** Does the same for a cookie session. Its token has no expiry of its own. */
export const findCookieSessionWithPrefetch = (
  source: PoolSource,
  session: SessionQuery,
  prefetch: PrefetchRequest,
): Promise<SessionRecord | null> =>
  prefetchBehind(source, { session, prefetch }, (values) => ({
    name: "projo_cookie_session_prefetching",
    text: COOKIE_PREFETCHING,
    values,
  }));

interface Prefetching {
  readonly session: SessionQuery;
  readonly prefetch: PrefetchRequest;
}

/** @param lookupWith the lookup with the id of the session, of the workspace, and the roles */
async function prefetchBehind(
  source: PoolSource,
  { session: { sessionId, workspaceId }, prefetch: { query, roles } }: Prefetching,
  lookupWith: (values: readonly unknown[]) => PreparedStatement,
): Promise<SessionRecord | null> {
  const entering = lookupWith([sessionId, workspaceId, roles.join(",")]);
  // Behind a pooler each transaction sets the server's settings first; otherwise the connection has them from its start.
  const settings = source.pooled ? singleMessageSetup({ kind: "system" }, source) : [];
  const shared = query.isQuick ? source.shared?.rows : undefined;
  // The caller is not authenticated yet, so the query must not have the priority of the server's own work.
  const place = { owner: workspaceId ?? sessionId, isHeavy: query.isHeavy ?? false };
  const answers = await runInOneTrip(source, [...settings, entering, query], { place, shared });
  const [found, answer] = answers.slice(settings.length);
  const [row] = (found?.rows ?? []) as (Row | { session_id: null })[];
  if (!row || row.session_id === null) return null;
  const record = recordOf(row);
  if (!answer || !record.membership) return record;
  return {
    ...record,
    prefetched: { workspaceId: record.membership.workspaceId, query, rows: answer.rows },
  };
}

function recordOf(row: Row): SessionRecord {
  return {
    session: {
      id: row.session_id,
      salt: row.salt,
      generation: row.generation,
      confirmed: row.confirmed ?? (row.confirmed_at ?? null) !== null,
      confirmedAt: row.confirmed_at ?? null,
      rotatedAt: row.rotated_at,
      createdAt: row.session_created_at,
      expiresAt: row.expires_at,
      absoluteExpiresAt: row.absolute_expires_at,
      currentWorkspaceId: row.current_workspace_id,
    },
    user: {
      id: row.user_id,
      email: row.email,
      emailVerifiedAt: row.email_verified_at,
      createdAt: row.user_created_at,
    },
    membership:
      row.workspace_id === null || row.role === null
        ? null
        : { workspaceId: row.workspace_id, role: row.role },
    databaseNow: row.database_now,
  };
}
