import type { Command } from "commander";
import type { Define, Start } from "../cli.ts";

/** The commands of a noun by their names, in the order of the help. */
type Verbs = Readonly<Record<string, (noun: Command, start: Start) => void>>;

/** Returns what adds the verbs to a noun: only the one that the command line names, or all. `ls` is another name of `list`. */
export const addVerbs =
  (verbs: Verbs): Define =>
  (noun, start, named = "") => {
    const name = named === "ls" ? "list" : named;
    const added = Object.hasOwn(verbs, name) ? [verbs[name]] : Object.values(verbs);
    for (const add of added) add?.(noun, start);
    noun.commands.find((verb) => verb.name() === "list")?.alias("ls");
  };
