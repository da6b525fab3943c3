// The fields `RateLimit-Policy` and `RateLimit`, by draft-ietf-httpapi-ratelimit-headers-11: what is granted, and
// what is left of it. Both are lists of structured fields (RFC 9651).
import type { Quota } from "../limits/limiter/limiter.ts";

export interface RateLimitFields {
  readonly policy: string;
  readonly limit: string;
}

/** Puts together what the calls of one request, a batch perhaps, used up: of each rule what was left at the last. */
export function collectRateLimit(): (quotas: readonly Quota[]) => RateLimitFields | null {
  const tightest = new Map<string, Quota>();
  return (quotas) => {
    for (const quota of quotas) {
      const before = tightest.get(quota.name);
      if (!before || quota.remaining <= before.remaining) tightest.set(quota.name, quota);
    }
    const told = [...tightest.values()];
    if (told.length === 0) return null;
    return {
      policy: told.map(({ name, points, seconds }) => `"${name}";q=${points};w=${seconds}`).join(", "),
      limit: told
        .map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`)
        .join(", "),
    };
  };
}
