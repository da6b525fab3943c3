import type { Role } from "@projostack/authz";
import type pg from "pg";
import { loneStatement, type PoolSource } from "./scoped-pool.ts";

/** A session as the database has it, its user, and their place in the workspace asked for. */
export interface SessionRecord {
  readonly session: {
    readonly id: string;
    readonly secretHash: Uint8Array;
    readonly createdAt: Date;
    readonly expiresAt: Date;
    readonly currentWorkspaceId: string | null;
  };
  readonly user: { readonly id: string; readonly email: string; readonly createdAt: Date };
  /** Null when no workspace was asked for, or the user is not a member of it. */
  readonly membership: { readonly workspaceId: string; readonly role: Role } | null;
}

interface Row {
  session_id: string;
  secret_hash: Uint8Array;
  session_created_at: Date;
  expires_at: Date;
  current_workspace_id: string | null;
  user_id: string;
  email: string;
  user_created_at: Date;
  workspace_id: string | null;
  role: Role | null;
}

const STATEMENT: Pick<pg.QueryConfig, "name" | "text"> = {
  name: "projo_session",
  text: "SELECT * FROM projo_session($1::uuid, $2::uuid)",
};

/** Reads what every request needs to know of its caller, in one round trip. The secret is not compared here. */
export async function findSession(
  source: PoolSource,
  sessionId: string,
  workspaceId: string | null,
): Promise<SessionRecord | null> {
  const client = await source.connect();
  const values = [sessionId, workspaceId];
  const { rows } = await loneStatement<Row>(client, { kind: "system" }, { ...STATEMENT, values });
  const [row] = rows;
  return row === undefined ? null : recordOf(row);
}

function recordOf(row: Row): SessionRecord {
  return {
    session: {
      id: row.session_id,
      secretHash: row.secret_hash,
      createdAt: row.session_created_at,
      expiresAt: row.expires_at,
      currentWorkspaceId: row.current_workspace_id,
    },
    user: { id: row.user_id, email: row.email, createdAt: row.user_created_at },
    membership:
      row.workspace_id === null || row.role === null
        ? null
        : { workspaceId: row.workspace_id, role: row.role },
  };
}
