import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addCreateKey } from "./create.ts";
import { addListKeys } from "./list.ts";
import { addRevokeKey } from "./revoke.ts";
import { addRotateKey } from "./rotate.ts";

export function addKeys(keys: Command, start: Start): void {
  for (const add of [addCreateKey, addListKeys, addRotateKey, addRevokeKey]) add(keys, start);
}
