import type { PrefetchRequest } from "@projostack/db";
import type { Caller } from "../caller.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failures/failure.ts";
import { refuseCredential } from "./refuse-credential.ts";

/** Authenticates the caller and counts a refused token. @throws Failure auth.unauthenticated, limit.exceeded */
export async function authenticate(ctx: Context, prefetch?: PrefetchRequest): Promise<Caller> {
  const caller = await ctx.findCaller(prefetch);
  if (caller) return caller;
  if (ctx.token === null) throw new Failure("auth.unauthenticated");
  return refuseCredential(ctx, "auth.unauthenticated", ctx.services.sessions.issuedTo(ctx.token));
}
