import type { Reason } from "@projostack/contract";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";

/**
 * Answers a credential that does not work: with the reason, or with limit.exceeded from a network that sent too many.
 * @param sessionId of a token that this server made, whose holder is counted alone
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
