// The parameters and response headers that operations share.
import type { JsonSchema } from "@projostack/contract";
import { refTo } from "./json-schema.ts";

export const parameters: Readonly<Record<string, JsonSchema>> = {
  WorkspaceId: {
    name: "x-workspace-id",
    in: "header",
    description:
      "The workspace of the call. Without it, the call uses the current workspace of the session, which `workspaces.switch` selects. A service key belongs to one workspace.",
    schema: { type: "string", format: "uuid" },
  },
  SessionMode: {
    name: "x-session",
    in: "header",
    description:
      "`cookie` to use the session cookie in place of an access token. Without this header the server ignores cookies. The request must then have no `authorization` header.",
    schema: { type: "string", const: "cookie" },
  },
  IdempotencyKey: {
    name: "idempotency-key",
    in: "header",
    description:
      "A new key of your choice for each change, 1 to 255 visible ASCII characters. Send the same key when you repeat the request: the server then makes the change once.",
    schema: { type: "string", pattern: "^[!-~]{1,255}$" },
  },
  RequestId: {
    name: "x-request-id",
    in: "header",
    description:
      "Your id of the request, 1 to 128 letters, digits, `_`, `.`, `:` and `-`. The response and the log of the server contain it. The server replaces any other value.",
    schema: { type: "string", pattern: "^[\\w.:-]{1,128}$" },
  },
  Traceparent: {
    name: "traceparent",
    in: "header",
    description: "The trace of the caller (W3C Trace Context). The log of the server contains its trace id.",
    schema: { type: "string", pattern: "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}" },
  },
};

export const headers: Readonly<Record<string, JsonSchema>> = {
  RequestId: {
    description: "The id of the request, in the log of the server and in `error.data.requestId`.",
    required: true,
    schema: { type: "string", pattern: "^[\\w.:-]{1,128}$" },
  },
  RetryAfter: {
    description: "The time in seconds to wait before the next attempt. It equals `error.data.retryAfter`.",
    schema: { type: "integer", minimum: 0 },
  },
  RateLimit: {
    description:
      'The remaining quota of each limit that counted this call: `"name";r=<calls or points>;t=<seconds until reset>` (draft-ietf-httpapi-ratelimit-headers).',
    schema: { type: "string" },
  },
  RateLimitPolicy: {
    description: 'The limits that counted this call: `"name";q=<quota>;w=<seconds>`.',
    schema: { type: "string" },
  },
  IdempotencyReplayed: {
    description: "`true` if the change was made by an earlier request with the same `idempotency-key`.",
    schema: { type: "string", const: "true" },
  },
  SetCookie: {
    description:
      "The session cookie, in cookie mode: of a new session, the successor of the present one, or an expired one that deletes it.",
    schema: { type: "string" },
  },
  ETag: {
    description: "The tag of this version. Send it as `If-None-Match` to get 304 while it is the newest.",
    required: true,
    schema: { type: "string" },
  },
  Allow: {
    description: "The HTTP methods of this path.",
    schema: { type: "string" },
  },
};

/** The headers that every response of an operation can have. */
export const headersOfCall: JsonSchema = {
  "x-request-id": refTo("headers", "RequestId"),
  RateLimit: refTo("headers", "RateLimit"),
  "RateLimit-Policy": refTo("headers", "RateLimitPolicy"),
  "Set-Cookie": refTo("headers", "SetCookie"),
};

/** The headers that a response of a mutation can have too. */
export const headersOfReplay: JsonSchema = {
  "idempotency-replayed": refTo("headers", "IdempotencyReplayed"),
};

/** Requests with these statuses are refused before their operation is known, so no limit has counted them. */
const beforeCall: ReadonlySet<number> = new Set([405, 408, 413, 414, 415, 417, 431]);

/** The statuses whose failures can name a wait. */
export const hasWait: ReadonlySet<number> = new Set([409, 429, 503]);

export function headersOfError(status: number): JsonSchema {
  return {
    "x-request-id": refTo("headers", "RequestId"),
    ...(beforeCall.has(status) ? {} : headersOfCall),
    ...(status === 405 ? { Allow: refTo("headers", "Allow") } : {}),
    ...(hasWait.has(status) ? { "Retry-After": refTo("headers", "RetryAfter") } : {}),
  };
}
