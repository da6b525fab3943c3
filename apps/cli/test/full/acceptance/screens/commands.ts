// Which command of the program a step runs.
import type { Command } from "commander";
import type { Io } from "../../../../src/io.ts";
import { createWholeProgram } from "../../../../src/program.ts";
import { namesOf } from "../../../../src/usage/checked-command.ts";

const io = { stdout: {}, stderr: {}, env: {} } as unknown as Io;

export interface Coverage {
  readonly line: string;
  readonly code: number;
}

/** Returns the paths of the commands of which no step succeeds, or no step fails, with what is missing. */
export async function missingSteps(taken: readonly Coverage[]): Promise<string[]> {
  const program = await createWholeProgram(io);
  const run = taken.flatMap(({ line, code }) =>
    commandsOf(program, line).map((path) => `${path} ${code === 0 ? "succeeds" : "fails"}`),
  );
  return pathsOf(program)
    .flatMap((path) => [`${path} succeeds`, `${path} fails`])
    .filter((needed) => !run.includes(needed));
}

/** Every command, with the groups. The command `help` of each group is the same as `projo help` with the group's name. */
function pathsOf(command: Command, path = "projo"): string[] {
  const below = command.commands.filter((one) => command.parent === null || one.name() !== "help");
  return [path, ...below.flatMap((one) => pathsOf(one, `${path} ${one.name()}`))];
}

/** The command in a line of the shell, such as `projo tasks get $(projo tasks list --quiet)`. */
function commandsOf(program: Command, line: string): string[] {
  const last =
    line
      .replaceAll(/\$\(.*?\)/g, "")
      .split("; ")
      .at(-1) ?? "";
  const words = last.slice(last.indexOf("projo ")).split(" ").slice(1);
  let [command, path]: [Command, string] = [program, "projo"];
  for (const word of words) {
    const next = command.commands.find((one) => namesOf(one).includes(word));
    if (!next) break;
    [command, path] = [next, `${path} ${next.name()}`];
  }
  return [path];
}
