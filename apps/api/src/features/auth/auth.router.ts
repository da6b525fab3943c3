import { contract } from "@projostack/contract";
import { authedProcedure, publicProcedure, router } from "../../rpc/procedures.ts";
import { signIn } from "./sign-in.ts";
import { signOut } from "./sign-out.ts";
import { signUp } from "./sign-up.ts";
import { toSession, toUser } from "./signed-in.ts";

const c = contract.auth;

export const authRouter = router({
  signUp: publicProcedure(c.signUp).mutation(({ ctx, input }) => signUp(ctx.services, input)),
  signIn: publicProcedure(c.signIn).mutation(({ ctx, input }) => signIn(ctx.services, input)),
  signOut: publicProcedure(c.signOut).mutation(({ ctx }) => signOut(ctx.services, ctx.token)),
  me: authedProcedure(c.me).query(({ ctx: { caller } }) => ({
    user: toUser(caller.user),
    session: toSession(caller.session),
  })),
});
