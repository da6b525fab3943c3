// Who attacks, and what they need for it: each attack has people and a workspace of its own.
import { randomUUID } from "node:crypto";
import type { Permission, Role } from "@projostack/authz";
import { newInviteTokens } from "../../src/identity/tokens/invite-tokens.ts";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { formatServiceKey, protectSecret } from "../../src/identity/tokens/service-keys.ts";
import {
  arrive,
  call,
  foundWorkspace,
  join,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";

export const stranger = (server: TestServer): Promise<Person> => arrive(server, randomUUID());

export interface Team {
  readonly admin: Person;
  readonly id: string;
}

/** A workspace and its only admin. */
export async function team(server: TestServer): Promise<Team> {
  const admin = await stranger(server);
  return { admin, id: await foundWorkspace(admin) };
}

/** Somebody who is a member of the workspace. */
export async function memberOf(server: TestServer, { id }: Team, role: Role): Promise<Person> {
  const person = await stranger(server);
  await join(server, id, person, role);
  return person;
}

export interface Key {
  readonly id: string;
  readonly secret: Buffer;
  readonly token: string;
  call(name: string, input?: unknown, workspaceId?: string): Promise<Answer>;
}

/** A service key as the owner of the database puts it there, with rights that no admin might give. */
export async function keyOf(
  server: TestServer,
  { id: workspaceId, admin }: Team,
  { role, scopes }: { role: Role; scopes: readonly Permission[] },
): Promise<Key> {
  const id = systemRandomness.newId();
  const secret = systemRandomness.bytes(32);
  const { kid, mac } = protectSecret(server.keys, id, secret);
  await server.database.owner(
    `INSERT INTO service_keys (id, workspace_id, name, role, scopes, secret_kid, secret_mac, created_by, expires_at)
     VALUES ($1, $2, 'Mill', $3, $4, $5, $6, $7, now() + interval '1 day')`,
    [id, workspaceId, role, scopes, kid, mac, admin.id],
  );
  const token = formatServiceKey(id, secret);
  return { id, secret, token, call: as(server, token) };
}

/** Calls with a token, whosever it is. */
export const as =
  ({ url }: TestServer, token: string) =>
  (name: string, input?: unknown, workspaceId?: string): Promise<Answer> =>
    call(url, name, { input, token, workspaceId });

/** An invite with both of its tokens, as if it had been sent a while ago. @returns what the inviter was shown */
export async function inviteFor(
  server: TestServer,
  { id: workspaceId, admin }: Team,
  { email, role = "member" }: { email: string; role?: Role },
): Promise<{ id: string; token: string }> {
  const id = systemRandomness.newId();
  const { token, ...made } = newInviteTokens(server.keys, systemRandomness, id);
  await server.database.owner(
    `INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, now() + interval '1 day')`,
    [id, workspaceId, email, role, made.tokenHash, made.mailedTokenHash, admin.id],
  );
  return { id, token };
}

/** Shows that the person's address is theirs. */
export async function verify({ database }: TestServer, { id }: Person): Promise<void> {
  await database.owner("UPDATE users SET email_verified_at = now() WHERE id = $1", [id]);
}

/**
 * Runs statements of the owner's in one transaction that lasts a while, and lets somebody act meanwhile: they find what was
 * there before, and come to wait for what the statements hold. Ids are the test's own, so they may stand in the text.
 */
export async function meanwhile<T>(
  { database }: TestServer,
  statements: string,
  act: () => Promise<T>,
): Promise<T> {
  const held = database.owner(`${statements}; SELECT pg_sleep(0.3)`);
  await new Promise((passed) => setTimeout(passed, 60));
  const [result] = await Promise.all([act(), held]);
  return result;
}

/** Whether there is such a row. */
export async function exists({ database }: TestServer, text: string, values: unknown[]): Promise<boolean> {
  return (await database.owner(text, values)).length > 0;
}

export const worked = ({ status }: Answer): boolean => status === 200;
