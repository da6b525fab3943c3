import { contract } from "@projostack/contract";
import { authedProcedure, publicProcedure, router } from "../../rpc/procedures.ts";
import { changePassword } from "./change-password.ts";
import { requestReset } from "./request-reset.ts";
import { resetPassword } from "./reset-password.ts";

const c = contract.password;

export const passwordRouter = router({
  change: authedProcedure(c.change).mutation(({ ctx, input }) => changePassword(ctx, ctx.caller, input)),
  requestReset: publicProcedure(c.requestReset).mutation(({ ctx, input }) => requestReset(ctx, input)),
  reset: publicProcedure(c.reset).mutation(({ ctx, input }) => resetPassword(ctx, input)),
});
