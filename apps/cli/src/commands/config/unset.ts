import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { changeSettings } from "../../settings/change-settings.ts";
import { requireSetting } from "./require-setting.ts";

export function addConfigUnset(config: Command, start: Start): void {
  config
    .command("unset")
    .description("Remove a stored setting.")
    .argument("<name>")
    .addHelpText("after", examples(["projo config unset url"]))
    .action(async (name: string, _options: unknown, command: Command) => {
      const cli = start(command);
      requireSetting(name);
      let wasSet = false;
      await changeSettings(cli.io, ({ [name]: value, ...others }) => {
        wasSet = value !== undefined;
        return others;
      });
      if (cli.json) cli.value({ name, wasSet });
      else cli.message(wasSet ? `Removed the setting ${name}.` : `${name} was not set.`);
    });
}
