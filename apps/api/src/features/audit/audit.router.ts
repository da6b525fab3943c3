import { contract } from "@projostack/contract";
import { adminProcedure, router } from "../../rpc/procedures.ts";
import { exportLog } from "./export-log.ts";
import { listEntries } from "./list-entries.ts";
import { makeCheckpoint } from "./make-checkpoint.ts";
import { verifyLog } from "./verify-log.ts";

const c = contract.audit;

export const auditRouter = router({
  list: adminProcedure(c.list).query(({ ctx, input }) => listEntries(ctx.ws, input)),
  verify: adminProcedure(c.verify).query(({ ctx, input }) => verifyLog(ctx.ws, ctx.services, input)),
  checkpoint: adminProcedure(c.checkpoint).query(({ ctx }) => makeCheckpoint(ctx.ws, ctx.services)),
  export: adminProcedure(c.export).mutation(({ ctx, input }) => exportLog(ctx.ws, ctx.services, input)),
});
