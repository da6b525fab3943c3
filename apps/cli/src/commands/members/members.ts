import { addVerbs } from "../verbs.ts";
import { addGetMember } from "./get.ts";
import { addListMembers } from "./list.ts";
import { addRemoveMember } from "./remove.ts";
import { addChangeRole } from "./role.ts";

export const addMembers = addVerbs({
  list: addListMembers,
  get: addGetMember,
  role: addChangeRole,
  remove: addRemoveMember,
});
