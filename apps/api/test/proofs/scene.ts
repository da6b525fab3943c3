// What there is for a call to act on: put there by the owner of the database, anew for each call that is tried, since
// the call before may have used it up.
import { newInviteTokens } from "../../src/identity/tokens/invite-tokens.ts";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { formatServiceKey, protectSecret } from "../../src/identity/tokens/service-keys.ts";
import { formatOneTimeToken, formatRefreshToken } from "../../src/identity/tokens/tokens.ts";
import { startSession, type Person, type TestServer } from "../kit/index.ts";

/** What there is for an input to name. */
export interface Scene extends InWorkspace, OfCaller, OfNewcomer {
  readonly workspaceId: string;
  readonly workspaceName: string;
  /** The admin who is there already. */
  readonly userId: string;
  /** The email of an account with the kit's password. */
  readonly email: string;
}

interface InWorkspace {
  readonly projectId: string;
  readonly taskId: string;
  /** Somebody who is a member beside all others. */
  readonly memberId: string;
  /** Pending, for an address that nobody has. */
  readonly inviteId: string;
  /** Of a service that may ask about people's tokens, and nothing else. */
  readonly keyId: string;
  readonly serviceToken: string;
}

interface OfCaller {
  /** Of another session of theirs. */
  readonly sessionId: string;
  readonly accessToken: string;
  /** A workspace that they are a member of, and may leave. */
  readonly clubId: string;
  /** A workspace of theirs that is deleted. */
  readonly ruinId: string;
  /** Of an invite to their verified address. */
  readonly inviteToken: string;
}

interface OfNewcomer {
  readonly refreshToken: string;
  readonly verifyToken: string;
  readonly resetToken: string;
}

export interface Setting {
  readonly workspaceId: string;
  readonly email: string;
  /** Who is going to call, when that is not the admin. */
  readonly caller?: Person;
}

export async function setScene(
  server: TestServer,
  admin: Person,
  { workspaceId, email, caller = admin }: Setting,
): Promise<Scene> {
  const name = await tidy(server, workspaceId);
  const [inWorkspace, ofCaller, ofNewcomer] = await Promise.all([
    plantIn(server, workspaceId, admin.id),
    plantFor(server, caller),
    tokensOfNewcomer(server),
  ]);
  const place = { workspaceId, workspaceName: name, userId: admin.id, email };
  return { ...place, ...inWorkspace, ...ofCaller, ...ofNewcomer };
}

/** Undoes what calls before may have done to the workspace, and takes away what may be there only so often. @returns its name */
async function tidy({ database }: TestServer, workspaceId: string): Promise<string> {
  const [workspace] = await database.owner<{ name: string }>(
    `WITH members AS (UPDATE workspace_members SET locked_at = NULL WHERE workspace_id = $1 AND locked_at IS NOT NULL),
          keys AS (UPDATE service_keys SET locked_at = NULL WHERE workspace_id = $1 AND locked_at IS NOT NULL AND name <> 'Gate'),
          gates AS (DELETE FROM service_keys WHERE workspace_id = $1 AND name = 'Gate'),
          invites AS (DELETE FROM invites WHERE workspace_id = $1)
     UPDATE workspaces SET deleted_at = NULL WHERE id = $1 RETURNING name`,
    [workspaceId],
  );
  if (!workspace) throw new Error("There is no such workspace.");
  return workspace.name;
}

async function plantIn(server: TestServer, workspaceId: string, adminId: string): Promise<InWorkspace> {
  const [projectId, taskId, memberId, inviteId, keyId] = newIds();
  const secret = systemRandomness.bytes(32);
  const { kid, mac } = protectSecret(server.keys, keyId, secret);
  const invite = newInviteTokens(server.keys, systemRandomness, inviteId);
  await server.database.owner(
    `WITH project AS (INSERT INTO projects (id, workspace_id, name, created_by) VALUES ($2, $1, 'Notes', $3)),
          task AS (INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
                   VALUES ($4, $1, $2, 'Note A', 'todo', $3)),
          somebody AS (INSERT INTO users (id, email, password_hash) VALUES ($5, concat($5::uuid, '@example.com'), 'none')),
          member AS (INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES ($5, $1, $5, 'member')),
          invite AS (INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
                     VALUES ($6, $1, concat($6::uuid, '@example.com'), 'viewer', $7, $8, $3, now() + interval '1 day'))
     INSERT INTO service_keys (id, workspace_id, name, role, scopes, secret_kid, secret_mac, created_by, expires_at)
     VALUES ($9, $1, 'Gate', 'viewer', '{token:introspect}', $10, $11, $3, now() + interval '1 day')`,
    [
      workspaceId,
      projectId,
      adminId,
      taskId,
      memberId,
      inviteId,
      invite.tokenHash,
      invite.mailedTokenHash,
      keyId,
      kid,
      mac,
    ],
  );
  return { projectId, taskId, memberId, inviteId, keyId, serviceToken: formatServiceKey(keyId, secret) };
}

async function plantFor(server: TestServer, { id: callerId, email }: Person): Promise<OfCaller> {
  const [clubId, ruinId, houseId, hostId, inviteId] = newIds();
  const { token: inviteToken, ...invite } = newInviteTokens(server.keys, systemRandomness, inviteId);
  const [{ token: accessToken, sessionId }] = await Promise.all([
    startSession(server, callerId),
    server.database.owner(
      `WITH host AS (INSERT INTO users (id, email, password_hash) VALUES ($1, concat($1::uuid, '@example.com'), 'none')),
            verified AS (UPDATE users SET email_verified_at = coalesce(email_verified_at, now()) WHERE id = $2),
            places AS (INSERT INTO workspaces (id, name, created_by, deleted_at)
                       VALUES ($3, 'Club', $1, NULL), ($4, 'House', $1, NULL), ($5, 'Ruin', $2, now())),
            members AS (INSERT INTO workspace_members (id, workspace_id, user_id, role, locked_at)
                        VALUES (gen_random_uuid(), $3, $1, 'admin', NULL), (gen_random_uuid(), $3, $2, 'member', NULL),
                               (gen_random_uuid(), $4, $1, 'admin', NULL), (gen_random_uuid(), $5, $2, 'admin', now()))
       INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
       VALUES ($6, $4, $7, 'viewer', $8, $9, $1, now() + interval '1 day')`,
      [hostId, callerId, clubId, houseId, ruinId, inviteId, email, invite.tokenHash, invite.mailedTokenHash],
    ),
  ]);
  return { sessionId, accessToken, clubId, ruinId, inviteToken };
}

/** Genuine tokens of each kind, of an account that nothing else in the test knows. */
async function tokensOfNewcomer({ keys, database }: TestServer): Promise<OfNewcomer> {
  const [userId, sessionId, verifyId, resetId] = newIds();
  const salt = systemRandomness.bytes(32);
  await database.owner(
    `WITH newcomer AS (INSERT INTO users (id, email, password_hash) VALUES ($1, concat($1::uuid, '@example.com'), 'none')),
          tokens AS (INSERT INTO one_time_tokens (id, user_id, purpose, salt, expires_at)
                     VALUES ($2, $1, 'email.verify', $3, now() + interval '1 hour'),
                            ($4, $1, 'password.reset', $3, now() + interval '1 hour'))
     INSERT INTO sessions (id, user_id, salt, expires_at, absolute_expires_at)
     VALUES ($5, $1, $3, now() + interval '1 day', now() + interval '30 days')`,
    [userId, verifyId, salt, resetId, sessionId],
  );
  return {
    refreshToken: formatRefreshToken(keys, salt, { sessionId, generation: 1 }),
    verifyToken: formatOneTimeToken(keys, salt, { id: verifyId, purpose: "email.verify" }),
    resetToken: formatOneTimeToken(keys, salt, { id: resetId, purpose: "password.reset" }),
  };
}

function newIds(): [string, string, string, string, string] {
  const { newId } = systemRandomness;
  return [newId(), newId(), newId(), newId(), newId()];
}
