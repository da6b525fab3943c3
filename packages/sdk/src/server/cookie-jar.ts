// The cookies of a request and of its response, as frameworks offer them: `cookies()` of Next.js, `event.cookies` of SvelteKit,
// `Astro.cookies`, `request.cookies` of Bun.

/** The value of a cookie, or an object with it. Undefined or null when the request has no such cookie. */
export type CookieValue = string | { readonly value: string } | null | undefined;

/** The attributes of a cookie. */
export interface CookieAttributes {
  httpOnly: boolean;
  secure: boolean;
  sameSite: "lax" | "strict" | "none";
  path: string;
  domain?: string;
  /** The lifetime in seconds. 0 deletes the cookie. Express expects milliseconds. */
  maxAge: number;
}

/** The cookies of a request, and of its response. */
export interface CookieJar {
  /** Returns a cookie of the request. */
  get(name: string): CookieValue | Promise<CookieValue>;
  /**
   * Sets a cookie in the response. Sign-ins need it. It may be missing, or throw, where the headers of the response are fixed,
   * such as in a page that is being rendered.
   */
  set?(name: string, value: string, attributes: CookieAttributes): unknown;
}
