import { contract } from "@projostack/contract";
import { authedProcedure, publicProcedure, router } from "../../rpc/procedures.ts";
import { emailStatus } from "./email-status.ts";
import { resendVerification } from "./resend-verification.ts";
import { verifyEmail } from "./verify-email.ts";

const c = contract.email;

export const emailRouter = router({
  verify: publicProcedure(c.verify).mutation(({ ctx, input }) => verifyEmail(ctx, input)),
  resendVerification: authedProcedure(c.resendVerification).mutation(({ ctx }) =>
    resendVerification(ctx, ctx.caller),
  ),
  status: authedProcedure(c.status).query(({ ctx }) => emailStatus(ctx.services, ctx.caller)),
});
