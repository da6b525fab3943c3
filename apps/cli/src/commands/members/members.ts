import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addGetMember } from "./get.ts";
import { addListMembers } from "./list.ts";
import { addRemoveMember } from "./remove.ts";
import { addChangeRole } from "./role.ts";

export function addMembers(program: Command, start: Start): void {
  const members = program
    .command("members")
    .description("List and show members of the workspace, change their roles and remove them.");
  for (const add of [addListMembers, addGetMember, addChangeRole, addRemoveMember]) add(members, start);
}
