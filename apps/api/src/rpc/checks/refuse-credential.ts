import type { Reason } from "@projostack/contract";
import type { Context } from "../context.ts";
import { Failure } from "../failures/failure.ts";

/**
 * Counts and refuses an invalid credential: with the reason, or with limit.exceeded when the network sent too many.
 * @param sessionId the session of a token that this server issued, which is counted per session
 * @throws Failure the reason, or limit.exceeded
 */
export async function refuseCredential(
  ctx: Context,
  reason: Reason,
  sessionId: string | null = null,
): Promise<never> {
  const { refusedCredentials } = ctx.services;
  const retryAfterSeconds = await refusedCredentials.count({ address: ctx.device.ip, sessionId });
  throw retryAfterSeconds === null
    ? new Failure(reason)
    : new Failure("limit.exceeded", { retryAfterSeconds });
}
