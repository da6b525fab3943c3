import type { Command } from "commander";
import { usageError } from "../../cli-error.ts";
import type { Cli, Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { changeSettings } from "../../settings/change-settings.ts";
import { type Setting, variableOf } from "../../settings/settings.ts";
import { requireSetting } from "./require-setting.ts";

export function addConfigSet(config: Command, start: Start): void {
  config
    .command("set")
    .description("Store a setting for later commands on this machine.")
    .argument("<name>")
    .argument("<value>")
    .addHelpText(
      "after",
      examples(["projo config set url https://projo.example.com", "projo config set color never"]),
    )
    .action(async (name: string, given: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const setting = requireSetting(name);
      if (given === "")
        throw usageError(`The value is empty. To remove the setting, run: projo config unset ${name}`);
      const value = setting.parse(given, cli.io);
      await changeSettings(cli.io, (values) => ({ ...values, [name]: value }));
      if (cli.json) cli.value({ name, value });
      else cli.message(`Set ${name} to ${value}.`);
      warnIfHidden(cli, setting);
    });
}

function warnIfHidden({ io, message }: Cli, setting: Setting): void {
  const variable = variableOf(setting, io.env);
  if (variable !== undefined && !io.settingVariables?.has(variable))
    message(`${variable} is set and takes precedence over this setting.`);
}
