import type { AddHelpTextContext } from "commander";

/** The last lines of the help of each command. The help of projo describes the options. */
export function globalOptions({ command }: AddHelpTextContext): string {
  const program = rootOf(command);
  if (command === program) return "";
  const names = program.options.flatMap(({ long, hidden }) =>
    long && !hidden && long !== "--version" ? [long] : [],
  );
  const helper = command.createHelp();
  const width = command.configureOutput().getOutHelpWidth?.() ?? 80;
  return `\n${helper.boxWrap(`Global options: ${names.join(", ")}. See: projo --help`, width)}`;
}

const rootOf = (command: AddHelpTextContext["command"]): AddHelpTextContext["command"] =>
  command.parent ? rootOf(command.parent) : command;
