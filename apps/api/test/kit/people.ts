import { randomUUID } from "node:crypto";
import { hash } from "@node-rs/argon2";
import type { Role } from "@projostack/authz";
import { insertRows, workspaceRows } from "@projostack/db/testing";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { formatAccessToken } from "../../src/identity/tokens/tokens.ts";
import { call, type Answer } from "./call.ts";
import type { TestServer } from "./test-server.ts";

export const password = "correct horse battery staple";

/** The stored form of the password of all users. It is hashed once in each worker, because hashing is slow. */
let storedPassword: Promise<string> | undefined;

/** A signed-in user. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  readonly sessionId: string;
  /** Calls an operation as this user. */
  call(name: string, input?: unknown, workspaceId?: string): Promise<Answer>;
}

export async function signUp(server: TestServer, name: string): Promise<Person> {
  const { data } = await call(server.url, "auth.signUp", {
    input: { email: `${name}@example.com`, password },
  });
  return personOf(server, data as SignedIn);
}

export async function signIn(server: TestServer, email: string): Promise<Person> {
  const { data } = await call(server.url, "auth.signIn", { input: { email, password } });
  return personOf(server, data as SignedIn);
}

/**
 * Creates a user with a verified email address and a session, by SQL as the owner of the database. The password is
 * `password`.
 */
export async function arrive(server: TestServer, name: string): Promise<Person> {
  const person = await arriveUnverified(server, name);
  await server.database.owner("UPDATE users SET email_verified_at = now() WHERE id = $1", [person.id]);
  return person;
}

/** Creates a user like `arrive`, whose email address is not verified. */
export async function arriveUnverified(server: TestServer, name: string): Promise<Person> {
  const user = { id: systemRandomness.newId(), email: `${name}@example.com` };
  await server.database.owner(`INSERT INTO users (id, email, password_hash) VALUES ($1, $2, $3)`, [
    user.id,
    user.email,
    await (storedPassword ??= hash(password)),
  ]);
  const { token, sessionId } = await startSession(server, user.id);
  return personOf(server, { user, session: { id: sessionId }, accessToken: token });
}

/** @returns the same user with a new session */
export async function again(server: TestServer, { id, email }: Person): Promise<Person> {
  const { token, sessionId } = await startSession(server, id);
  return personOf(server, { user: { id, email }, session: { id: sessionId }, accessToken: token });
}

/** Creates another session of a user. It expires after `days`. */
export async function startSession(
  server: TestServer,
  userId: string,
  days = 14,
): Promise<{ token: string; sessionId: string }> {
  const sessionId = systemRandomness.newId();
  const salt = systemRandomness.bytes(32);
  const [row] = await server.database.owner<{ seconds: number }>(
    `INSERT INTO sessions (id, user_id, salt, expires_at, absolute_expires_at)
     VALUES ($1, $2, $3, now() + $4 * interval '1 day', now() + interval '30 days')
     RETURNING extract(epoch FROM now() + interval '10 minutes')::integer AS seconds`,
    [sessionId, userId, salt, days],
  );
  const claims = { sessionId, generation: 1, expiresAtSeconds: row?.seconds ?? 0 };
  return { token: formatAccessToken(server.keys, salt, claims), sessionId };
}

interface SignedIn {
  user: { id: string; email: string };
  session: { id: string };
  accessToken: string;
}

function personOf({ url }: TestServer, { user, session, accessToken: token }: SignedIn): Person {
  return {
    ...user,
    token,
    sessionId: session.id,
    call: (name, input, workspaceId) => call(url, name, { input, token, workspaceId }),
  };
}

/** Creates a workspace with the user as its admin. @returns its id */
export async function foundWorkspace(person: Person, name = "Engines"): Promise<string> {
  const { data } = await person.call("workspaces.create", { name });
  return String(data.id);
}

/** Inserts a workspace as the owner of the database, with the user as its admin. @returns its id */
export async function plantWorkspace({ database }: TestServer, { id: userId }: Person): Promise<string> {
  const id = systemRandomness.newId();
  await insertRows(database, workspaceRows({ id, userId, memberId: id }));
  return id;
}

/** Adds the user to the workspace by SQL, for tests that are not about invites. */
export async function join(
  server: TestServer,
  workspaceId: string,
  person: Person,
  role: Role,
): Promise<void> {
  await server.database.owner(
    `INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES ($1, $2, $3, $4)`,
    [randomUUID(), workspaceId, person.id, role],
  );
}
