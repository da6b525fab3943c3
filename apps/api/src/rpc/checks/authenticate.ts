import type { PrefetchRequest } from "@projostack/db";
import type { Caller } from "../caller.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failures/failure.ts";
import { refuseCredential } from "./refuse-credential.ts";

/** Authenticates the caller and counts a refused token. @throws Failure auth.unauthenticated, limit.exceeded */
export async function authenticate(ctx: Context, prefetch?: PrefetchRequest): Promise<Caller> {
  const caller = await ctx.findCaller(prefetch);
  if (caller) return caller;
  const { token, cookie, services } = ctx;
  if (token !== null) return refuseCredential(ctx, "auth.unauthenticated", services.sessions.issuedTo(token));
  if (cookie?.isAmbiguous === true) return refuseCredential(ctx, "auth.unauthenticated");
  if (cookie === null || cookie.token === null) throw new Failure("auth.unauthenticated");
  return refuseCredential(ctx, "auth.unauthenticated", services.cookieSessions.issuedTo(cookie.token));
}
