import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { valueInEffect, valueSources } from "../../settings/setting-values.ts";
import { requireSetting } from "./require-setting.ts";

export function addConfigGet(config: Command, start: Start): void {
  config
    .command("get")
    .description("Print the value of a setting that is in effect.")
    .argument("<name>")
    .addHelpText("after", examples(["projo config get url"]))
    .action(async (name: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const setting = requireSetting(name);
      const sources = await valueSources(cli, command.optsWithGlobals());
      const found = valueInEffect(setting, sources);
      if (cli.json) cli.value(found);
      else if (found.value !== null) cli.line(found.value);
      else
        throw new CliError(
          "cli.setting_missing",
          `${name} has no value. Set it: projo config set ${name} VALUE`,
        );
    });
}
