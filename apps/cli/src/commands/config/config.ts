import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { settings } from "../../settings/settings.ts";
import { addConfigGet } from "./get.ts";
import { addConfigList } from "./list.ts";
import { addConfigSet } from "./set.ts";
import { addConfigUnset } from "./unset.ts";

export function addConfig(config: Command, start: Start): void {
  config.addHelpText("after", `\nSettings:\n${table()}`);
  addConfigList(config, start);
  addConfigGet(config, start);
  addConfigSet(config, start);
  addConfigUnset(config, start);
}

const table = (): string =>
  settings.map(({ name, description }) => `  ${name.padEnd(10)} ${description}`).join("\n");
