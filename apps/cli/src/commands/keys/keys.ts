import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addListAlias } from "../list-alias.ts";
import { addCreateKey } from "./create.ts";
import { addGetKey } from "./get.ts";
import { addListKeys } from "./list.ts";
import { addRevokeKey } from "./revoke.ts";
import { addRotateKey } from "./rotate.ts";

export function addKeys(keys: Command, start: Start): void {
  for (const add of [addCreateKey, addListKeys, addGetKey, addRotateKey, addRevokeKey]) add(keys, start);
  addListAlias(keys);
}
