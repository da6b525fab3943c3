import type { ServiceKeyRow } from "@projostack/db";

/** A key as those see it who manage them: never its secret. */
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
