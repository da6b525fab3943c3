import { addVerbs } from "../verbs.ts";
import { addAcceptInvite } from "./accept.ts";
import { addCreateInvite } from "./create.ts";
import { addDeclineInvite } from "./decline.ts";
import { addGetInvite } from "./get.ts";
import { addListInvites } from "./list.ts";
import { addListOwnInvites } from "./mine.ts";
import { addResendInvite } from "./resend.ts";
import { addRevokeInvite } from "./revoke.ts";

export const addInvites = addVerbs({
  create: addCreateInvite,
  list: addListInvites,
  get: addGetInvite,
  resend: addResendInvite,
  revoke: addRevokeInvite,
  mine: addListOwnInvites,
  accept: addAcceptInvite,
  decline: addDeclineInvite,
});
