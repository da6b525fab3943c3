// Decides whether a browser's request may use the session cookie (docs/security.md). A request of a server has neither header.
import type { IncomingHttpHeaders } from "node:http";
import { isAllowedOrigin } from "../config/allowed-origins.ts";
import { isLoopback } from "../config/is-loopback.ts";
import type { Config } from "../config/settings.ts";
import { parseUrl } from "../runtime/parse-url.ts";

/** Whether the headers of a request show that it does not come from a page of a foreign origin. */
export type IsTrustedRequest = (headers: IncomingHttpHeaders) => boolean;

export function createIsTrustedRequest(config: Pick<Config, "appUrl" | "allowedOrigins">): IsTrustedRequest {
  const appOrigin = config.appUrl === null ? null : new URL(config.appUrl).origin;
  const isTrusted = (origin: string, host: string | undefined) =>
    origin === appOrigin || isAllowedOrigin(config, origin) || isOwnOrigin(origin, host);
  return (headers) => {
    const { origin, host, "sec-fetch-site": site } = headers;
    if (origin !== undefined && !isTrusted(origin, host)) return false;
    switch (site) {
      case undefined:
      case "same-origin":
      case "none":
        return true;
      case "same-site":
        return origin !== undefined;
      default:
        return false;
    }
  };
}

/** Whether the origin is that of the request's host. Cookies are not sent safely from plain HTTP, except on this machine. */
function isOwnOrigin(origin: string, host: string | undefined): boolean {
  const url = parseUrl(origin);
  if (host === undefined || url === null) return false;
  const isEncrypted = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
  return isEncrypted && url.host === host.toLowerCase();
}
