import { contract } from "@projostack/contract";
import { adminProcedure, router } from "../../rpc/procedures.ts";
import { assignRows } from "./assign-rows.ts";
import { exportHistory } from "./export-history.ts";
import { exportRows } from "./export-rows.ts";
import { finishImport } from "./finish-import.ts";
import { importRows } from "./import-rows.ts";
import { readFingerprint } from "./read-fingerprint.ts";
import { startExport } from "./start-export.ts";
import { startImport } from "./start-import.ts";

const c = contract.workspaceData;

export const workspaceDataRouter = router({
  startExport: adminProcedure(c.startExport).mutation(({ ctx }) => startExport(ctx.ws)),
  fingerprint: adminProcedure(c.fingerprint).query(({ ctx }) => readFingerprint(ctx.ws)),
  exportRows: adminProcedure(c.exportRows).query(({ ctx, input }) => exportRows(ctx.ws, input)),
  exportHistory: adminProcedure(c.exportHistory).query(({ ctx, input }) => exportHistory(ctx.ws, input)),
  startImport: adminProcedure(c.startImport).mutation(({ ctx, input }) =>
    startImport(ctx.ws, ctx.services, input),
  ),
  importRows: adminProcedure(c.importRows).mutation(({ ctx, input }) =>
    importRows(ctx.ws, ctx.services, input),
  ),
  finishImport: adminProcedure(c.finishImport).mutation(({ ctx, input }) =>
    finishImport(ctx.ws, ctx.services, input),
  ),
  assignRows: adminProcedure(c.assignRows).mutation(({ ctx, input }) => assignRows(ctx.ws, input)),
});
