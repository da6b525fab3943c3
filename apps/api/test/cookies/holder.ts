import { systemRandomness } from "../../src/runtime/randomness.ts";
import { formatCookieToken } from "../../src/identity/tokens/tokens.ts";
import { arrive, Browser, type Person, type TestServer } from "../kit/index.ts";

/** A user with a cookie session of known salt, for which the test can make the cookie of every generation. */
export interface CookieHolder {
  readonly person: Person;
  readonly sessionId: string;
  readonly salt: Uint8Array;
  /** Returns the token of a generation. A new session is at generation 1. */
  token(generation: number): string;
  /** Creates a browser that has the cookie of a generation. */
  browser(generation: number, url?: string): Browser;
}

export const COOKIE = "projo_session";

export async function newCookieHolder(server: TestServer, given?: Person): Promise<CookieHolder> {
  const person = given ?? (await arrive(server, `cookie-${systemRandomness.bytes(6).toString("hex")}`));
  const sessionId = systemRandomness.newId();
  const salt = systemRandomness.bytes(32);
  await server.database.owner(
    `INSERT INTO sessions (id, user_id, mode, confirmed_at, salt, expires_at, absolute_expires_at)
     VALUES ($1, $2, 'cookie', now(), $3, now() + interval '14 days', now() + interval '30 days')`,
    [sessionId, person.id, salt],
  );
  const token = (generation: number) => formatCookieToken(server.keys, salt, { sessionId, generation });
  return {
    person,
    sessionId,
    salt,
    token,
    browser: (generation, url = server.url) => {
      const browser = new Browser(url);
      browser.jar.set(COOKIE, token(generation));
      return browser;
    },
  };
}

const STATE = [
  "rotated_at",
  "confirmed_at",
  "last_used_at",
  "created_at",
  "expires_at",
  "absolute_expires_at",
];

/** Lets time pass for a session: all its times move back. */
export async function passTime(server: TestServer, sessionId: string, seconds: number): Promise<void> {
  const moved = STATE.map((column) => `${column} = ${column} - $2 * interval '1 second'`);
  await server.database.owner(`UPDATE sessions SET ${moved.join(", ")} WHERE id = $1`, [sessionId, seconds]);
}

export interface CookieRow {
  readonly generation: number;
  readonly confirmed_at: Date | null;
  readonly rotated_at: Date;
  readonly last_used_at: Date;
  readonly expires_at: Date;
  readonly user_agent: string | null;
}

export async function cookieRow(server: TestServer, sessionId: string): Promise<CookieRow | undefined> {
  const [row] = await server.database.owner<CookieRow & Record<string, unknown>>(
    "SELECT * FROM sessions WHERE id = $1",
    [sessionId],
  );
  return row;
}
