// The reasons that concern the request, limits and the state of the server.
import type { Reason } from "../errors.ts";
import type { ReasonDescription } from "./reason-description.ts";

export const requestReasons = {
  "request.malformed": {
    when: "The bytes on the connection are not a valid HTTP/1.1 request. The server closes the connection.",
    remedy: "change",
    action: "Send the request with an HTTP client or the SDK, to the right port.",
  },
  "request.timeout": {
    when: "The headers or the body of the request did not arrive within the time limits of the server.",
    remedy: "retry",
    action: "Check the network, and send the request again.",
  },
  "request.url_too_long": {
    when: "The URL is longer than 16 KB. The server closes the connection.",
    remedy: "change",
    action:
      "Send a shorter input, for example fewer calls in one batch. The URL and the headers of a request can have 16 KB together.",
  },
  "request.headers_too_large": {
    when: "The URL and the headers are larger than 16 KB together. The server closes the connection.",
    remedy: "change",
    action: "Send fewer or shorter headers, for example fewer cookies.",
  },
  "request.expectation": {
    when: "The header `expect` has another value than `100-continue`.",
    remedy: "change",
    action: "Omit the header `expect`, or send `expect: 100-continue`.",
  },
  "request.cross_site": {
    when: "A browser sent a request with `x-session: cookie` from a page of an origin that the server does not permit. Nothing was done.",
    remedy: "change",
    action:
      "Send the request from a page of the server's own origin, of `PROJO_APP_URL`, or of `PROJO_ALLOWED_ORIGINS`. The operator sets these.",
  },
  "input.malformed": {
    when: "The input of the call is not JSON in UTF-8. Nothing was done.",
    remedy: "change",
    action:
      "Send well-formed JSON in UTF-8. The message names the position of the first error. Do not repeat the same request.",
  },
  "input.invalid": {
    when: "A field of the input is missing, unknown, or has a value that the operation does not accept. Nothing was done.",
    remedy: "change",
    action:
      "Read `fieldErrors`: it lists the problems of each field by its dotted path. The message has the first problem. Correct the input.",
  },
  "input.too_large": {
    when: "The body of the request is larger than 100 KB.",
    remedy: "change",
    action: "Split the input into several calls.",
  },
  "input.media_type": {
    when: "The header `content-type` is missing or names another type than JSON.",
    remedy: "change",
    action: "Set the header `content-type: application/json`.",
  },
  "input.encoding": {
    when: "The body of the request is compressed.",
    remedy: "change",
    action: "Switch off the compression of request bodies in the client or in the proxy.",
  },
  "cursor.invalid": {
    when: "The cursor belongs to another workspace, operation, filter or order, or the server did not make it.",
    remedy: "change",
    action:
      "Request the first page without a cursor. A cursor is valid only for the workspace, operation, filter and order that returned it.",
  },
  "checkpoint.invalid": {
    when: "The checkpoint was changed, belongs to another workspace, or its signing key is no longer configured.",
    remedy: "change",
    action: "Send the checkpoint exactly as `audit.checkpoint` returned it, for the same workspace.",
  },
  "batch.not_allowed": {
    when: "A batch of several calls contains a long operation. None of the calls ran.",
    remedy: "change",
    action: "Send the long operation in a request of its own.",
  },
  "batch.too_large": {
    when: "A batch contains more than ten calls. None of the calls ran.",
    remedy: "change",
    action: "Split the batch. One request can contain up to ten calls.",
  },
  "batch.mixed": {
    when: "A batch contains queries and mutations. None of the calls ran.",
    remedy: "change",
    action: "Send the queries as one batch with GET, and the mutations as another with POST.",
  },
  "idempotency.key_invalid": {
    when: "The header `idempotency-key` is empty, longer than 255 characters, not visible ASCII, or occurs twice. The call did not run.",
    remedy: "change",
    action:
      "Send one header `idempotency-key` with 1 to 255 visible ASCII characters, for example a random UUID.",
  },
  "idempotency.in_progress": {
    when: "The first call with the same idempotency key has not ended. This call did not run.",
    remedy: "retry",
    action:
      "Wait for the number of seconds in `retryAfter`, then send the same call with the same key again.",
  },
  "idempotency.key_reused": {
    when: "The idempotency key was used before with another operation or another input. The call did not run.",
    remedy: "change",
    action: "Create a new key for each new call, and use a key again only to repeat the same call.",
  },
  "operation.not_found": {
    when: "The server has no operation with this name, or nothing at this path.",
    remedy: "change",
    action: "Check the name of the operation and the version of the server.",
  },
  "operation.wrong_method": {
    when: "A query was sent with POST, or a mutation with GET, or the server does not support the method.",
    remedy: "change",
    action: "Send queries with GET and mutations with POST. The header `Allow` names the method.",
  },
  "limit.exceeded": {
    when: "The account, key, workspace or IP address has made too many calls, or too expensive ones. Nothing was done.",
    remedy: "retry",
    action: "Wait for the number of seconds in `retryAfter`, then repeat the call.",
  },
  "server.busy": {
    when: "The server has too much work, is stopping, or could not finish the call in time. A mutation may still take effect.",
    remedy: "retry",
    action:
      "Wait for the number of seconds in `retryAfter`, then repeat the call. Read the state first if a second execution of a mutation is not harmless.",
  },
  "server.unavailable": {
    when: "The server cannot reach its database. A mutation may still take effect.",
    remedy: "retry",
    action:
      "Wait for the number of seconds in `retryAfter`, then repeat the call. Read the state first if a second execution of a mutation is not harmless.",
  },
  "server.internal": {
    when: "The server has a fault. Its log has the details under the request id.",
    remedy: "report",
    action: "Report the request id to the operator of the server.",
  },
} as const satisfies Partial<Record<Reason, ReasonDescription>>;
