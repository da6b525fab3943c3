// The fixtures of the attacks: users, workspaces, service keys and invites. Each attack creates its own.
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Permission, Role } from "@projostack/authz";
import { whileLocked } from "@projostack/db/testing";
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

/** Signs up a user who is in no workspace. */
export const newUser = (server: TestServer): Promise<Person> => arrive(server, randomUUID());

export interface Team {
  readonly admin: Person;
  readonly id: string;
}

/** Creates a workspace with one admin. */
export async function team(server: TestServer): Promise<Team> {
  const admin = await newUser(server);
  return { admin, id: await foundWorkspace(admin) };
}

/** Signs up a user and adds them to the workspace. */
export async function memberOf(server: TestServer, { id }: Team, role: Role): Promise<Person> {
  const person = await newUser(server);
  await join(server, id, person, role);
  return person;
}

export interface Key {
  readonly id: string;
  readonly secret: Buffer;
  readonly token: string;
  call(name: string, input?: unknown, workspaceId?: string): Promise<Answer>;
}

/** Inserts a service key as the database owner. Its rights may be some that the API refuses to grant. */
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

/** Returns a function that calls operations with a token. */
export const as =
  ({ url }: TestServer, token: string) =>
  (name: string, input?: unknown, workspaceId?: string): Promise<Answer> =>
    call(url, name, { input, token, workspaceId });

/** Inserts an invite as the database owner. @returns its id and the token of the inviter's link */
export async function inviteFor(
  server: TestServer,
  { id: workspaceId, admin }: Team,
  { email, role = "member" }: { email: string; role?: Role },
): Promise<{ id: string; token: string }> {
  const id = systemRandomness.newId();
  const { token, ...hashes } = newInviteTokens(server.keys, systemRandomness, id);
  await server.database.owner(
    `INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, now() + interval '1 day')`,
    [id, workspaceId, email, role, hashes.tokenHash, hashes.mailedTokenHash, admin.id],
  );
  return { id, token };
}

/** Marks the email address of a user as verified. */
export async function verifyEmail({ database }: TestServer, { id }: Person): Promise<void> {
  await database.owner("UPDATE users SET email_verified_at = now() WHERE id = $1", [id]);
}

export interface HeldTransaction {
  /** SQL of the database owner. It may contain ids, because the tests create them. */
  readonly statements: string;
  /** How many statements of a server without the check wait for the transaction. */
  readonly waiting: number;
}

/**
 * Runs SQL in a transaction that stays open until `act` waits for its locks, and runs `act` meanwhile. `act` sees the rows from before
 * the transaction. With the check, fewer statements may wait at once, so the transaction ends one second after the first of them.
 */
export function duringTransaction<T>(
  { database }: TestServer,
  { statements, waiting }: HeldTransaction,
  act: () => Promise<T>,
): Promise<T> {
  return whileLocked(database, { lock: statements }, async (held) => {
    const acting = act();
    await Promise.race([held.untilWaiting(1), acting]);
    await Promise.race([held.untilWaiting(waiting), acting, delay(1_000)]);
    await held.release();
    return acting;
  });
}

/** Whether the query returns a row. */
export async function rowExists({ database }: TestServer, text: string, values: unknown[]): Promise<boolean> {
  return (await database.owner(text, values)).length > 0;
}

export const succeeded = ({ status }: Answer): boolean => status === 200;
