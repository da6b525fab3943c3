import type { Config } from "../../config/config.ts";
import type { KeyRing } from "../../identity/key-ring.ts";
import type { Log } from "../../runtime/log.ts";
import { createLimiter, type Limiter } from "./limiter.ts";
import { limits } from "./limits.ts";
import { openRedis, type SharedRedis } from "../counting/open-redis.ts";

/** The limiter of the configuration. Redis need not be there yet: without it the process counts by itself. */
export async function openLimiter(
  { redisUrl, limitsFactor }: Config,
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
