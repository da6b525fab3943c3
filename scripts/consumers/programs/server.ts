// A program that uses `@projostack/sdk/server`, with the cookies of frameworks.
import type { CookieClient, SignedInWithCookie } from "@projostack/sdk";
import {
  createServerClient,
  headerCookies,
  type CookieAttributes,
  type CookieJar,
  type ServerClientOptions,
} from "@projostack/sdk/server";

const baseUrl = "http://127.0.0.1:4000";

/** A jar like that of Next.js. */
interface ReadonlyJar {
  get(name: string): { name: string; value: string } | undefined;
}
export const rendered = (cookies: ReadonlyJar): CookieClient => createServerClient({ baseUrl, cookies });

/** A jar like that of SvelteKit, which requires a path. */
interface Cookies {
  get: (name: string, options?: { decode?: (value: string) => string }) => string | undefined;
  set: (name: string, value: string, options: { path: string; maxAge?: number; secure?: boolean }) => void;
}
export const inAction = async (cookies: Cookies): Promise<SignedInWithCookie> =>
  await createServerClient({ baseUrl, cookies }).auth.signIn({ email: "a@b.c", password: "p" });

const kept = new Map<string, string>();
const jar: CookieJar = {
  get: async (name) => kept.get(name),
  set: (name: string, value: string, { maxAge }: CookieAttributes) => {
    if (maxAge > 0) kept.set(name, value);
  },
};
const options: ServerClientOptions = { baseUrl, cookies: jar, browser: { userAgent: null, address: "::1" } };
export const title = async (): Promise<string> =>
  (await createServerClient(options).workspace("w").tasks.get({ id: "t" })).title;

const noHeaders = { get: () => null, append: () => undefined, set: () => undefined };
export const overHeaders = createServerClient({ baseUrl, cookies: headerCookies(noHeaders, noHeaders) });
