import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { addListFormat } from "../../output/output-options.ts";
import { valueInEffect, valueSources } from "../../settings/setting-values.ts";
import { settings } from "../../settings/settings.ts";

export function addConfigList(config: Command, start: Start): void {
  addListFormat(config.command("list"))
    .description("List the settings with their values in effect, and where each value comes from.")
    .addHelpText("after", examples(["projo config list", "projo config list --json"]))
    .action(async (_options: unknown, command: Command) => {
      const cli = start(command);
      const sources = await valueSources(cli, command.optsWithGlobals());
      const items = settings.map((setting) => valueInEffect(setting, sources));
      if (cli.json) {
        cli.value({ items, nextCursor: null });
        return;
      }
      await cli.list(items, [
        { head: "NAME", cell: ({ name }) => name },
        { head: "VALUE", cell: ({ value }) => value ?? "" },
        { head: "SOURCE", cell: ({ source }) => source },
      ]);
    });
}
