import { contract } from "@projostack/contract";
import { authedProcedure, router } from "../../rpc/procedures.ts";
import { listSessions } from "./list-sessions.ts";
import { revokeSession } from "./revoke-session.ts";

const c = contract.sessions;

export const sessionsRouter = router({
  list: authedProcedure(c.list).query(({ ctx, input }) => listSessions(ctx.services, ctx.caller, input)),
  revoke: authedProcedure(c.revoke).mutation(({ ctx, input }) => revokeSession(ctx, ctx.caller, input)),
});
