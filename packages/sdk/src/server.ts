// The part of the package for web servers that render pages: `@projostack/sdk/server`. It needs only `fetch`, so it runs in
// Node.js, Deno, Bun and the workers of edge networks.
export type { CookieAttributes, CookieJar, CookieValue } from "./server/cookie-jar.ts";
export {
  createServerClient,
  type ServerClientOptions,
  type VisitingBrowser,
} from "./server/create-server-client.ts";
export { headerCookies, type CookieHeaders, type SetCookieHeaders } from "./server/header-cookies.ts";
