import { settings } from "../../settings/settings.ts";
import type { Define } from "../../cli.ts";
import { addVerbs } from "../verbs.ts";
import { addConfigGet } from "./get.ts";
import { addConfigList } from "./list.ts";
import { addConfigSet } from "./set.ts";
import { addConfigUnset } from "./unset.ts";

export const addConfig: Define = (config, start, named) => {
  config.addHelpText("after", `\nSettings:\n${table()}`);
  addSettingVerbs(config, start, named);
};

const addSettingVerbs = addVerbs({
  list: addConfigList,
  get: addConfigGet,
  set: addConfigSet,
  unset: addConfigUnset,
});

const table = (): string =>
  settings.map(({ name, description }) => `  ${name.padEnd(10)} ${description}`).join("\n");
