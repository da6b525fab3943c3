import { contract } from "@projostack/contract";
import { grantedProcedure, router } from "../../rpc/procedures.ts";
import { introspectToken } from "./introspect-token.ts";

const c = contract.tokens;

export const tokensRouter = router({
  introspect: grantedProcedure(c.introspect).mutation(({ ctx, input }) => introspectToken(ctx, input)),
});
