import type { Command } from "commander";
import type { Define, Start } from "../cli.ts";
import { addHelpCommand } from "../usage/checked-command.ts";

/** The commands of a noun by their names, in the order of the help. */
type Verbs = Readonly<Record<string, (noun: Command, start: Start) => void>>;

/** Returns what adds the verbs to a noun: only the one that the command line names, or all. `ls` is another name of `list`. */
export const addVerbs =
  (verbs: Verbs): Define =>
  (noun, start, named = "") => {
    const name = named === "ls" ? "list" : named;
    const isNamed = Object.hasOwn(verbs, name);
    for (const add of isNamed ? [verbs[name]] : Object.values(verbs)) add?.(noun, start);
    noun.commands.find((verb) => verb.name() === "list")?.alias("ls");
    if (!isNamed) addHelpCommand(noun);
  };
