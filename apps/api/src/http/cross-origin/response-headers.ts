/**
 * The response headers that a script may read, beside those that every script may read, such as `content-type`. A test compares
 * the list with the description of the API and with the SDK.
 */
export const exposedHeaders: readonly string[] = [
  "allow",
  "etag",
  "idempotency-replayed",
  "ratelimit",
  "ratelimit-policy",
  "retry-after",
  "x-request-id",
  // The SDK reads it. Only a proxy sets it.
  "x-should-retry",
];
