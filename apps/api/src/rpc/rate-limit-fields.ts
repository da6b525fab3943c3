// The fields `RateLimit-Policy` (the quota) and `RateLimit` (the remaining quota) of
// draft-ietf-httpapi-ratelimit-headers-11. Both are lists of structured fields (RFC 9651).
import type { Quota } from "../limits/limiter/limiter.ts";

export interface RateLimitFields {
  readonly policy: string;
  readonly limit: string;
}

/** Collects the quotas of all calls of one request and keeps the lowest remaining quota of each rule. */
export function collectRateLimit(): (quotas: readonly Quota[]) => RateLimitFields | null {
  const tightest = new Map<string, Quota>();
  return (quotas) => {
    for (const quota of quotas) {
      const before = tightest.get(quota.name);
      if (!before || quota.remaining <= before.remaining) tightest.set(quota.name, quota);
    }
    const reported = [...tightest.values()];
    if (reported.length === 0) return null;
    return {
      policy: reported.map(({ name, points, seconds }) => `"${name}";q=${points};w=${seconds}`).join(", "),
      limit: reported
        .map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`)
        .join(", "),
    };
  };
}
