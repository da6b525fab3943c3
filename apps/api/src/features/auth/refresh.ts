import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { refuseCredential } from "../../rpc/checks/refuse-credential.ts";
import { toTokens } from "./session.ts";

/** Exchanges a refresh token for new tokens. @throws Failure session.mode_invalid, auth.unauthenticated, auth.token_reused, limit.exceeded */
export async function refresh(ctx: Context, { refreshToken }: { refreshToken: string }) {
  if (ctx.cookie) throw Failure.because("session.mode_invalid", "refresh", {});
  const refreshed = await ctx.services.sessions.refresh(refreshToken, ctx.device, ctx.event("token.reused"));
  switch (refreshed.outcome) {
    case "fresh":
      return toTokens(refreshed.tokens);
    case "reused":
      ctx.log.warn(
        { sessionId: refreshed.sessionId, userId: refreshed.userId },
        "an old refresh token was used again: its session was ended",
      );
      throw new Failure("auth.token_reused");
    case "ahead":
      ctx.log.error(
        { sessionId: refreshed.sessionId },
        "a token is ahead of its session: was a backup restored?",
      );
      throw new Failure("auth.unauthenticated");
    case "unknown":
      return refuseCredential(ctx, "auth.unauthenticated", ctx.services.sessions.issuedTo(refreshToken));
  }
}
