import { addVerbs } from "../verbs.ts";
import { addCreateKey } from "./create.ts";
import { addGetKey } from "./get.ts";
import { addListKeys } from "./list.ts";
import { addRevokeKey } from "./revoke.ts";
import { addRotateKey } from "./rotate.ts";

export const addKeys = addVerbs({
  create: addCreateKey,
  list: addListKeys,
  get: addGetKey,
  rotate: addRotateKey,
  revoke: addRevokeKey,
});
