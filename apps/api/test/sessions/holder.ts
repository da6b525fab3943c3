import { systemRandomness } from "../../src/runtime/randomness.ts";
import type { KeyRing } from "../../src/identity/key-ring.ts";
import { formatAccessToken, formatRefreshToken } from "../../src/identity/tokens/tokens.ts";
import { arrive, call, type Answer, type Person, type TestServer } from "../kit/index.ts";

/** Ways to call that tests of sessions need a great number of: no limit stands in their way. */
export const unlimited = { PROJO_LIMITS: "1000" };

/** Somebody with a session, all of whose tokens the test can make. */
export interface Holder {
  readonly person: Person;
  readonly sessionId: string;
  readonly salt: Uint8Array;
  /** The refresh token of a generation; the current one is 1 at first. */
  refresh(generation: number): string;
  /** An access token that ends so many seconds from now by the database's clock. */
  access(generation: number, seconds?: number): Promise<string>;
}

/** @param keys the server's, when they are not those of its data directory */
export async function newHolder(server: TestServer, keys: KeyRing = server.keys): Promise<Holder> {
  const person = await arrive(server, `holder-${systemRandomness.bytes(6).toString("hex")}`);
  return anotherSession(server, person, keys);
}

/** One more session of a person: an hour old, with fourteen days to go. */
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

/** Milliseconds since 1970, by the only clock that counts. */
export async function databaseNow(server: TestServer): Promise<number> {
  const [row] = await server.database.owner<{ ms: string }>(
    "SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms",
  );
  return Math.floor(Number(row?.ms));
}

/** What signing up, in or on is answered with. */
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

export async function rowOf(server: TestServer, sessionId: string): Promise<SessionRow | undefined> {
  const [row] = await server.database.owner<SessionRow>("SELECT * FROM sessions WHERE id = $1", [sessionId]);
  return row;
}

/** Lets time pass for a session: every time in its row moves back by so many seconds. */
export async function letPass(server: TestServer, sessionId: string, seconds: number): Promise<void> {
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
