import { systemRandomness } from "../../src/runtime/randomness.ts";
import type { KeyRing } from "../../src/identity/key-ring.ts";
import { formatAccessToken, formatRefreshToken } from "../../src/identity/tokens/tokens.ts";
import { arrive, call, type Answer, type Person, type TestServer } from "../kit/index.ts";

/** Raises the rate limits a thousandfold, because tests of sessions send many calls. */
export const unlimited = { PROJO_LIMITS: "1000" };

/** A user and one of their sessions, for which the test can make every token. */
export interface Holder {
  readonly person: Person;
  readonly sessionId: string;
  readonly salt: Uint8Array;
  /** Returns the refresh token of a generation. A new session is at generation 1. */
  refresh(generation: number): string;
  /** Returns an access token that expires after `seconds` (600 by default), by the database's clock. */
  access(generation: number, seconds?: number): Promise<string>;
}

/** Signs up a user and creates a session. @param keys the server's keys, if they do not come from its data directory */
export async function newHolder(server: TestServer, keys: KeyRing = server.keys): Promise<Holder> {
  const person = await arrive(server, `holder-${systemRandomness.bytes(6).toString("hex")}`);
  return anotherSession(server, person, keys);
}

/** Creates one more session of a user. It is one hour old and expires in 14 days. */
export async function anotherSession(
  server: TestServer,
  person: Person,
  keys: KeyRing = server.keys,
): Promise<Holder> {
  const sessionId = systemRandomness.newId();
  const salt = systemRandomness.bytes(32);
  await server.database.owner(
    `INSERT INTO sessions (id, user_id, salt, created_at, rotated_at, expires_at, absolute_expires_at)
     VALUES ($1, $2, $3, now() - interval '1 hour', now() - interval '1 hour',
             now() + interval '14 days', now() + interval '30 days')`,
    [sessionId, person.id, salt],
  );
  return {
    person,
    sessionId,
    salt,
    refresh: (generation) => formatRefreshToken(keys, salt, { sessionId, generation }),
    access: async (generation, seconds = 600) => {
      const expiresAtSeconds = Math.floor((await databaseNow(server)) / 1000) + seconds;
      return formatAccessToken(keys, salt, { sessionId, generation, expiresAtSeconds });
    },
  };
}

/** Returns the database's time in milliseconds since 1970. */
export async function databaseNow(server: TestServer): Promise<number> {
  const [row] = await server.database.owner<{ ms: string }>(
    "SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms",
  );
  return Math.floor(Number(row?.ms));
}

/** The response to a sign-up, a sign-in or a refresh. */
export interface TokensAnswer extends Answer {
  readonly data: {
    readonly accessToken: string;
    readonly accessTokenExpiresAt: string;
    readonly refreshToken: string;
    readonly session: { readonly id: string; readonly expiresAt: string };
  };
}

export const refreshWith = (url: string, refreshToken: string): Promise<TokensAnswer> =>
  call(url, "auth.refresh", { input: { refreshToken } });

export const signInWith = (url: string, email: string, password: string): Promise<TokensAnswer> =>
  call(url, "auth.signIn", { input: { email, password } });

export const me = (url: string, token: string): Promise<Answer> => call(url, "auth.me", { token });

export interface SessionRow {
  generation: number;
  confirmed: boolean;
  expires_at: Date;
  absolute_expires_at: Date;
}

export async function sessionRow(server: TestServer, sessionId: string): Promise<SessionRow | undefined> {
  const [row] = await server.database.owner<SessionRow>("SELECT * FROM sessions WHERE id = $1", [sessionId]);
  return row;
}

/** Makes a session older: moves every time in its row back by `seconds`. */
export async function ageSession(server: TestServer, sessionId: string, seconds: number): Promise<void> {
  await server.database.owner(
    `UPDATE sessions SET rotated_at = rotated_at - $2 * interval '1 second',
       created_at = created_at - $2 * interval '1 second',
       last_used_at = last_used_at - $2 * interval '1 second',
       expires_at = expires_at - $2 * interval '1 second',
       absolute_expires_at = absolute_expires_at - $2 * interval '1 second'
     WHERE id = $1`,
    [sessionId, seconds],
  );
}
