import { contract } from "@projostack/contract";
import { router, workspaceProcedure } from "../../rpc/procedures.ts";
import { createServiceKey } from "./create-service-key.ts";
import { listServiceKeys } from "./list-service-keys.ts";
import { revokeServiceKey } from "./revoke-service-key.ts";
import { rotateServiceKey } from "./rotate-service-key.ts";

const c = contract.serviceKeys;

export const serviceKeysRouter = router({
  create: workspaceProcedure(c.create).mutation(({ ctx, input }) => createServiceKey(ctx, input)),
  list: workspaceProcedure(c.list).query(({ ctx, input }) => listServiceKeys(ctx.ws, input)),
  rotate: workspaceProcedure(c.rotate).mutation(({ ctx, input }) =>
    rotateServiceKey(ctx.ws, ctx.services, input),
  ),
  revoke: workspaceProcedure(c.revoke).mutation(({ ctx, input }) => revokeServiceKey(ctx.ws, input)),
});
