import type { Command, Help } from "commander";

const USAGE = "Usage: ";

/** Formats a help like commander does, with the commands before the options. */
export function formatHelp(command: Command, helper: Help): string {
  const termWidth = helper.padWidth(command, helper);
  const list = (heading: string, items: readonly (readonly [term: string, description: string])[]) =>
    helper.formatItemList(
      heading,
      items.map(([term, description]) => helper.formatItem(term, termWidth, description, helper)),
      helper,
    );
  const description = helper.commandDescription(command);
  const commandGroups = helper.groupItems(
    [...command.commands],
    helper.visibleCommands(command),
    (one) => one.helpGroup() || "Commands:",
  );
  const optionGroups = helper.groupItems(
    [...command.options],
    helper.visibleOptions(command),
    ({ helpGroupHeading }) => helpGroupHeading ?? "Options:",
  );
  const line = [...ancestorsOf(command), command.name(), command.usage()].join(" ").trim();
  const usage = helper.boxWrap(line, (helper.helpWidth ?? 80) - USAGE.length);
  return [
    `${USAGE}${usage.replaceAll("\n", `\n${" ".repeat(USAGE.length)}`)}`,
    "",
    ...(description === "" ? [] : [helper.boxWrap(description, helper.helpWidth ?? 80), ""]),
    ...(command.aliases().length === 0 ? [] : [`Other names: ${command.aliases().join(", ")}`, ""]),
    ...list(
      "Arguments:",
      helper
        .visibleArguments(command)
        .map((one) => [helper.argumentTerm(one), helper.argumentDescription(one)]),
    ),
    ...Array.from(commandGroups, ([heading, commands]) =>
      list(
        heading,
        commands.map((one) => [helper.subcommandTerm(one), helper.subcommandDescription(one)]),
      ),
    ).flat(),
    ...Array.from(optionGroups, ([heading, options]) =>
      list(
        heading,
        options.map((one) => [helper.optionTerm(one), helper.optionDescription(one)]),
      ),
    ).flat(),
  ].join("\n");
}

const ancestorsOf = ({ parent }: Command): string[] =>
  parent ? [...ancestorsOf(parent), parent.name()] : [];
