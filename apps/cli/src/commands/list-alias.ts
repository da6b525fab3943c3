import type { Command } from "commander";

/** Makes `ls` another name of the command `list`. */
export function addListAlias(noun: Command): void {
  noun.commands.find((verb) => verb.name() === "list")?.alias("ls");
}
