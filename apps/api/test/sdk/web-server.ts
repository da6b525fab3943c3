// Web servers that call the server with createServerClient for browsers with a session cookie.
import type { CookieClient } from "@projostack/sdk";
import {
  createServerClient,
  type CookieAttributes,
  type CookieJar,
  type ServerClientOptions,
} from "@projostack/sdk/server";
import { password } from "../kit/index.ts";

export const DAY = 24 * 60 * 60;
export const COOKIE = "projo_session";

let userCount = 0;
export const newEmail = (): string => `server-client-${(userCount += 1)}@example.com`;

/** The cookies of a request, and those that its response sets. */
export class Jar implements CookieJar {
  readonly cookies: Map<string, string>;
  readonly written: { name: string; value: string; attributes: CookieAttributes }[] = [];

  constructor(cookies: Readonly<Record<string, string>> = {}) {
    this.cookies = new Map(Object.entries(cookies));
  }

  get(name: string): { value: string } | undefined {
    const value = this.cookies.get(name);
    return value === undefined ? undefined : { value };
  }

  set(name: string, value: string, attributes: CookieAttributes): void {
    this.written.push({ name, value, attributes });
    if (attributes.maxAge === 0) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The cookies of a page that is being rendered. */
export class RenderedJar extends Jar {
  override set(): never {
    throw new Error("Cookies can only be changed in an action.");
  }
}

export const clientOf = (
  url: string,
  cookies: CookieJar,
  options: Partial<ServerClientOptions> = {},
): CookieClient => createServerClient({ baseUrl: url, cookies, ...options });

/** Signs up a user in a request of a browser. */
export async function signedUp(url: string) {
  const jar = new Jar();
  const email = newEmail();
  const { user, session } = await clientOf(url, jar).auth.signUp({ email, password });
  return { jar, email, user, session, token: jar.cookies.get(COOKIE) ?? "" };
}

export const failureOf = async (call: Promise<unknown>): Promise<Record<string, unknown> & Error> =>
  await call.then(
    () => {
      throw new Error("The call did not fail.");
    },
    (error: Record<string, unknown> & Error) => error,
  );
