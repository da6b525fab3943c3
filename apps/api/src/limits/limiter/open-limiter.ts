import type { KeyRing } from "../../identity/key-ring.ts";
import type { Log } from "../../runtime/log.ts";
import { createLimiter, type Limiter } from "./limiter.ts";
import { limits } from "./limits.ts";
import { openRedis, type SharedRedis } from "../counting/open-redis.ts";

export interface LimiterSettings {
  /** The Redis that counts for all servers; null to count in this process only. */
  readonly redisUrl: string | null;
  /** The factor by which every limit is multiplied. */
  readonly limitsFactor: number;
}

/** Opens the limiter. It does not wait for Redis: until Redis answers, this process counts by itself. */
export async function openLimiter(
  { redisUrl, limitsFactor }: LimiterSettings,
  keys: KeyRing,
  log: Log,
): Promise<Limiter & { readonly shared: SharedRedis | null }> {
  const shared = redisUrl === null ? null : await openRedis(redisUrl, log);
  const limiter = createLimiter({
    limits,
    factor: limitsFactor,
    shared,
    codeOf: (account) => keys.sign("limit", account).toString("base64url"),
    log,
  });
  return { ...limiter, shared };
}
