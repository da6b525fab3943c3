import { contract } from "@projostack/contract";
import { publicProcedure, router } from "../../rpc/procedures.ts";

const c = contract.system;

export const systemRouter = router({
  health: publicProcedure(c.health).query(({ ctx }) => ({
    status: "ok" as const,
    version: ctx.services.version,
    passwordMinLength: ctx.services.passwordPolicy.minLength,
  })),
});
