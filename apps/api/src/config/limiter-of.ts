import type { Limiter } from "../servers/server-conflicts.ts";
import { isLoopback } from "./is-loopback.ts";

/** Where a server with this Redis counts limits. */
export function limiterOf(redisUrl: string | null): Limiter {
  if (redisUrl === null) return "none";
  return isLoopback(new URL(redisUrl).hostname) ? "machine" : "network";
}
