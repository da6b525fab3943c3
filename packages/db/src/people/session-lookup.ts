import type { Role } from "@projostack/authz";
import { singleMessageSetup } from "../scope/enter-sql.ts";
import { runInOneTrip, type RunStatement } from "../scope/run-statement.ts";
import type { PoolSource } from "../scope/scoped-connection.ts";
import type { PrefetchedRows, PreparedQuery } from "../scope/statements.ts";

/** A session as the database has it, its user, and their place in the workspace asked for. */
export interface SessionRecord {
  readonly session: {
    readonly id: string;
    /** 32 bytes: with a key of the server's they make the key of the session's tokens. */
    readonly salt: Uint8Array;
    readonly generation: number;
    /** Whether a token of this generation was used. */
    readonly confirmed: boolean;
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
  /** Null when no workspace was asked for, or the user is not a member of it. */
  readonly membership: { readonly workspaceId: string; readonly role: Role } | null;
  /** The database's clock, which alone decides what has expired. */
  readonly databaseNow: Date;
  /** What was asked ahead, if anything was and the user is a member. For nobody who has not shown the session's token. */
  readonly prefetched?: PrefetchedRows;
}

/** A question about the workspace, sent with the question who asks. It is answered to members of these roles alone. */
export interface PrefetchRequest {
  readonly query: PreparedQuery<object>;
  readonly roles: readonly Role[];
}

/** The same for a bearer's token: nothing is answered for one whose time is over by the database's clock. */
export interface SessionPrefetch extends PrefetchRequest {
  /** Unix time. */
  readonly tokenEndsAtSeconds: number;
}

interface Row {
  session_id: string;
  salt: Uint8Array;
  generation: number;
  confirmed: boolean;
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

const STATEMENT = "SELECT * FROM projo_session($1::uuid, $2::uuid)";

/** Reads what every request needs to know of its caller, in one round trip. No token is checked here. */
export async function findSession(
  run: RunStatement,
  sessionId: string,
  workspaceId: string | null,
): Promise<SessionRecord | null> {
  const { rows } = await run<Row>("session", STATEMENT, [sessionId, workspaceId]);
  const [row] = rows;
  return row === undefined ? null : recordOf(row);
}

const PREFETCHING = "SELECT * FROM projo_session_prefetching($1::uuid, $2::uuid, $3::text, $4::bigint)";

/**
 * The same, and the answer to a question about the workspace, in the same round trip. The database shows the workspace's
 * rows to members of the roles, and to anybody else none, nor for a session or a token that has expired. Only for tokens whose
 * check is right: whether their salted code is, the database cannot know.
 */
export async function findSessionWithPrefetch(
  source: PoolSource,
  { sessionId, workspaceId }: { sessionId: string; workspaceId: string | null },
  { query, roles, tokenEndsAtSeconds }: SessionPrefetch,
): Promise<SessionRecord | null> {
  const values = [sessionId, workspaceId, roles.join(","), tokenEndsAtSeconds];
  const entering = { name: "projo_session_prefetching", text: PREFETCHING, values };
  // Behind a pooler the transaction is told its settings first; else the connection was, at its start.
  const settings = source.pooled ? singleMessageSetup({ kind: "system" }, false) : [];
  const shared = query.isQuick ? source.shared?.rows : undefined;
  // The caller is not authenticated yet, so this is not the server's own work.
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
      confirmed: row.confirmed,
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
