import type { Config } from "../../config/config.ts";
import type { KeyRing } from "../key-ring.ts";
import type { Log } from "../log.ts";
import { createLimiter, type Limiter } from "./limiter.ts";
import { limits } from "./limits.ts";
import { openRedis } from "./open-redis.ts";

/** The limiter of the configuration. Redis need not be there yet: without it the process counts by itself. */
export async function openLimiter(
  { redisUrl, limitsFactor }: Config,
  keys: KeyRing,
  log: Log,
): Promise<Limiter> {
  return createLimiter({
    limits,
    factor: limitsFactor,
    shared: redisUrl === null ? null : await openRedis(redisUrl, log),
    codeOf: (account) => keys.sign("limit", account).toString("base64url"),
    log,
  });
}
