import type { ServiceKeyRow } from "@projostack/db";

/** Converts a service key to the form that callers with `key:manage` see, without its secret. */
export const toServiceKey = ({
  scopes,
  createdAt,
  expiresAt,
  rotatedAt,
  previousExpiresAt,
  lastUsedAt,
  ...key
}: ServiceKeyRow) => ({
  ...key,
  scopes: [...scopes],
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  rotatedAt: rotatedAt?.toISOString() ?? null,
  previousExpiresAt: previousExpiresAt?.toISOString() ?? null,
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});
