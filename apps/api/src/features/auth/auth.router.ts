import { contract } from "@projostack/contract";
import { authedProcedure, publicProcedure, router } from "../../rpc/procedures.ts";
import { refresh } from "./refresh.ts";
import { signIn } from "./sign-in.ts";
import { signOut } from "./sign-out.ts";
import { signOutEverywhere } from "./sign-out-everywhere.ts";
import { signUp } from "./sign-up.ts";
import { toSession, toUser } from "./session.ts";

const c = contract.auth;

export const authRouter = router({
  signUp: publicProcedure(c.signUp, { usesKey: true }).mutation(({ ctx, input }) => signUp(ctx, input)),
  signIn: publicProcedure(c.signIn).mutation(({ ctx, input }) => signIn(ctx, input)),
  refresh: publicProcedure(c.refresh).mutation(({ ctx, input }) => refresh(ctx, input)),
  signOut: publicProcedure(c.signOut).mutation(({ ctx, input }) => signOut(ctx, input)),
  signOutEverywhere: authedProcedure(c.signOutEverywhere).mutation(({ ctx }) =>
    signOutEverywhere(ctx, ctx.caller),
  ),
  me: authedProcedure(c.me).query(({ ctx: { caller } }) => ({
    user: toUser(caller.user),
    session: toSession(caller.session),
  })),
});
