import type { Cli, GlobalOptions } from "../cli.ts";
import { chooseAccount } from "../credentials/choose-account.ts";
import { credentialsFile } from "../credentials/credentials-file.ts";
import type { Io } from "../io.ts";
import { readValues } from "./apply-settings.ts";
import { type Setting, variableOf } from "./settings.ts";
import type { Values } from "./settings-file.ts";

export interface SettingValue {
  name: string;
  value: string | null;
  /** An option such as `--url`, a variable such as `PROJO_URL`, `config`, `selected`, or `default`. */
  source: string;
}

export interface ValueSources {
  /** The global options of the command line, by their names in camel case. */
  options: Readonly<Record<string, unknown>>;
  io: Io;
  values: Values;
  /** What a command uses without an option, a variable and a setting, by the names of the settings. */
  selected: Readonly<Record<string, string | undefined>>;
}

/** Collects where values can come from. Reads both files of projo. */
export async function valueSources(cli: Cli, options: GlobalOptions): Promise<ValueSources> {
  const { io } = cli;
  const values = readValues(io);
  const credentials = await credentialsFile(io, cli.message).read();
  const { account } = chooseAccount(io, options, credentials);
  const selected = {
    url: credentials.current,
    account: account?.email,
    workspace: account?.workspace?.name,
  };
  return { options: { ...options }, io, values, selected };
}

/** Returns the value in effect. Precedence: option, environment variable, settings file, default. */
export function valueInEffect(
  setting: Setting,
  { options, io, values, selected }: ValueSources,
): SettingValue {
  const { name, option, byDefault = null } = setting;
  const fromOption =
    option && options[option.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
  if (typeof fromOption === "string") return { name, value: fromOption, source: String(option) };
  const variable = variableOf(setting, io.env);
  if (variable !== undefined && !io.settingVariables?.has(variable))
    return { name, value: io.env[variable] ?? null, source: variable };
  const chosen = Object.hasOwn(selected, name) ? selected[name] : undefined;
  const stored = Object.hasOwn(values, name) ? values[name] : undefined;
  if (stored !== undefined) return { name, value: stored, source: "config" };
  if (chosen !== undefined) return { name, value: chosen, source: "selected" };
  return { name, value: byDefault, source: "default" };
}
