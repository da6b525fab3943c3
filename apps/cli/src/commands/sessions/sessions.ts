import { addVerbs } from "../verbs.ts";
import { addGetSession } from "./get.ts";
import { addListSessions } from "./list.ts";
import { addRevokeSession } from "./revoke.ts";

export const addSessions = addVerbs({
  list: addListSessions,
  get: addGetSession,
  revoke: addRevokeSession,
});
