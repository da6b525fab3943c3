import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addCreateKey } from "./create.ts";
import { addListKeys } from "./list.ts";
import { addRevokeKey } from "./revoke.ts";
import { addRotateKey } from "./rotate.ts";

export function addKeys(program: Command, start: Start): void {
  const keys = program
    .command("keys")
    .description("Create, list, rotate and revoke service keys, with which programs act in the workspace.");
  for (const add of [addCreateKey, addListKeys, addRotateKey, addRevokeKey]) add(keys, start);
}
