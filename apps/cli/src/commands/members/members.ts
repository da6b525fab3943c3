import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addListAlias } from "../list-alias.ts";
import { addGetMember } from "./get.ts";
import { addListMembers } from "./list.ts";
import { addRemoveMember } from "./remove.ts";
import { addChangeRole } from "./role.ts";

export function addMembers(members: Command, start: Start): void {
  for (const add of [addListMembers, addGetMember, addChangeRole, addRemoveMember]) add(members, start);
  addListAlias(members);
}
