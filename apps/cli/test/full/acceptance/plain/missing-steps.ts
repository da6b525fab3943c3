// The commands of the program that no line of a scenario runs with a success, or with a failure.
import type { Command } from "commander";
import { allCommands, findCommand, nameOf } from "./program-tree.ts";
import { wordsOfProjo } from "./rules.ts";
import type { Result } from "./scenario.ts";

/** @returns `projo tasks list: no failure` for each command and each outcome without a line */
export function missingSteps(results: readonly Result[], program: Command): string[] {
  const seen = new Set(results.map((result) => outcomeOf(result, program)));
  return allCommands(program)
    .flatMap((command) => ["success", "failure"].map((outcome) => `${nameOf(command)}: no ${outcome}`))
    .filter((missing) => !seen.has(missing));
}

function outcomeOf(result: Result, program: Command): string | undefined {
  const words = wordsOfProjo(result);
  return (
    words && `${nameOf(findCommand(program, words).command)}: no ${result.exit === 0 ? "success" : "failure"}`
  );
}
