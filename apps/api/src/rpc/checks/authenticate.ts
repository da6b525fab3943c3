import type { PrefetchRequest } from "@projostack/db";
import type { Caller } from "../caller.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { refuse } from "./refuse-credential.ts";

/** Authenticates the caller. A refused token is counted. @throws Failure auth.unauthenticated, limit.exceeded */
export async function knownCaller(ctx: Context, prefetch?: PrefetchRequest): Promise<Caller> {
  const caller = await ctx.findCaller(prefetch);
  if (caller) return caller;
  if (ctx.token === null) throw new Failure("auth.unauthenticated");
  return refuse(ctx, "auth.unauthenticated", ctx.services.sessions.issuedTo(ctx.token));
}
