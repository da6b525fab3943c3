import { contract } from "@projostack/contract";
import { authedProcedure, publicProcedure, router, workspaceProcedure } from "../../rpc/procedures.ts";
import { acceptInvite } from "./accept-invite.ts";
import { createInvite } from "./create-invite.ts";
import { declineInvite } from "./decline-invite.ts";
import { listInvites } from "./list-invites.ts";
import { listOwnInvites } from "./list-own-invites.ts";
import { previewInvite } from "./preview-invite.ts";
import { resendInvite } from "./resend-invite.ts";
import { revokeInvite } from "./revoke-invite.ts";

const c = contract.invites;

export const invitesRouter = router({
  create: workspaceProcedure(c.create).mutation(({ ctx, input }) => createInvite(ctx, input)),
  list: workspaceProcedure(c.list).query(({ ctx, input }) => listInvites(ctx.ws, input)),
  listMine: authedProcedure(c.listMine).query(({ ctx, input }) =>
    listOwnInvites(ctx.services, ctx.caller.user.id, input),
  ),
  resend: workspaceProcedure(c.resend).mutation(({ ctx, input }) => resendInvite(ctx, input)),
  revoke: workspaceProcedure(c.revoke).mutation(({ ctx, input }) => revokeInvite(ctx.ws, input)),
  preview: publicProcedure(c.preview).mutation(({ ctx, input }) => previewInvite(ctx, input)),
  accept: authedProcedure(c.accept).mutation(({ ctx, input }) => acceptInvite(ctx, ctx.caller, input)),
  decline: authedProcedure(c.decline).mutation(({ ctx, input }) => declineInvite(ctx, ctx.caller, input)),
});
