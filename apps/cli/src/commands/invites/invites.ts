import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addListAlias } from "../list-alias.ts";
import { addAcceptInvite } from "./accept.ts";
import { addCreateInvite } from "./create.ts";
import { addDeclineInvite } from "./decline.ts";
import { addGetInvite } from "./get.ts";
import { addListInvites } from "./list.ts";
import { addListOwnInvites } from "./mine.ts";
import { addResendInvite } from "./resend.ts";
import { addRevokeInvite } from "./revoke.ts";

export function addInvites(invites: Command, start: Start): void {
  const sent = [addCreateInvite, addListInvites, addGetInvite, addResendInvite, addRevokeInvite];
  for (const add of [...sent, addListOwnInvites, addAcceptInvite, addDeclineInvite]) add(invites, start);
  addListAlias(invites);
}
