// Cross-origin resource sharing (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol): lets pages of the configured origins
// call the server and read its answers. It grants browsers a permission; it is no access check. A page of any other origin gets
// the answers of a server without CORS, which its browser keeps from it.
import type { IncomingMessage } from "node:http";
import { pageHeaders } from "./request-headers.ts";
import { exposedHeaders } from "./response-headers.ts";

type Headers = Readonly<Record<string, string>>;

export interface CrossOrigin {
  /** The headers with which a browser lets a page of this origin read an answer; none for any other origin. */
  permit(origin: string | undefined): Headers;
  /** Whether a browser asks for the permission to send a request of an allowed origin. */
  isPreflight(request: IncomingMessage): boolean;
}

export function createCrossOrigin(origins: readonly string[]): CrossOrigin {
  const permissions: ReadonlyMap<string, Headers> = new Map(
    origins.map((origin) => [
      origin,
      {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": exposedHeaders.join(", "),
      },
    ]),
  );
  return {
    permit: (origin = "") => permissions.get(origin) ?? NO_PERMISSION,
    isPreflight: ({ method, headers }) =>
      method === "OPTIONS" &&
      headers["access-control-request-method"] !== undefined &&
      permissions.has(headers.origin ?? ""),
  };
}

const NO_PERMISSION: Headers = {};

/**
 * The headers of the answer to a preflight. They name what the server accepts, never what the request asked for. A browser
 * repeats the preflight after two hours, which is the longest time that Chromium accepts.
 */
export const preflightHeaders: Headers = {
  "access-control-allow-methods": "GET, HEAD, POST",
  "access-control-allow-headers": pageHeaders.join(", "),
  "access-control-max-age": "7200",
};

/**
 * The request headers on which an answer depends. Every answer lists them, also one without the permission, so that no cache
 * gives it to a page of another origin.
 */
export const varyOf = (method: string | undefined): string =>
  method === "OPTIONS" ? "origin, access-control-request-method, access-control-request-headers" : "origin";
