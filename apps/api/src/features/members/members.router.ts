import { contract } from "@projostack/contract";
import { router, workspaceProcedure } from "../../rpc/procedures.ts";
import { changeRole } from "./change-role.ts";
import { getMember } from "./get-member.ts";
import { listMembers } from "./list-members.ts";
import { removeMember } from "./remove-member.ts";

const c = contract.members;

export const membersRouter = router({
  get: workspaceProcedure(c.get).query(({ ctx, input }) => getMember(ctx.ws, input)),
  list: workspaceProcedure(c.list).query(({ ctx, input }) => listMembers(ctx.ws, input)),
  changeRole: workspaceProcedure(c.changeRole).mutation(({ ctx, input }) => changeRole(ctx, input)),
  remove: workspaceProcedure(c.remove).mutation(({ ctx, input }) => removeMember(ctx, input)),
});
