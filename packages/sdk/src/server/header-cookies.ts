import type { CookieJar } from "./cookie-jar.ts";
import { formatSetCookie } from "./set-cookie.ts";

/** The headers of a request. */
export interface CookieHeaders {
  get(name: string): string | null;
}

/** The headers of a response. */
export interface SetCookieHeaders {
  append(name: string, value: string): void;
  set(name: string, value: string): void;
}

/**
 * Creates a cookie jar over the `Headers` of a request and of its response, for frameworks without cookies of their own: Remix,
 * React Router, Deno, workers. Without the headers of the response, it cannot set cookies.
 *
 * @example
 * const headers = new Headers();
 * const client = createServerClient({ baseUrl, cookies: headerCookies(request.headers, headers) });
 * const { user } = await client.auth.me();
 * return Response.json({ user }, { headers });
 */
export function headerCookies(request: CookieHeaders, response?: SetCookieHeaders): CookieJar {
  const get = (name: string) =>
    request
      .get("cookie")
      ?.split(";")
      .map((pair) => pair.trim())
      .find((pair) => pair.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  if (response === undefined) return { get };
  return {
    get,
    set: (name, value, attributes) => {
      response.append("set-cookie", formatSetCookie(name, value, attributes));
      // A cache must not give the cookie to another user.
      response.set("cache-control", "private, no-store");
    },
  };
}
