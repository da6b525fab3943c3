import type { Io } from "../io.ts";
import type { Setting } from "./settings.ts";
import type { Values } from "./settings-file.ts";

export interface SettingValue {
  name: string;
  value: string | null;
  /** An option such as `--url`, a variable such as `PROJO_URL`, `config`, or `default`. */
  source: string;
}

export interface ValueSources {
  /** The global options of the command line, by their names in camel case. */
  options: Readonly<Record<string, unknown>>;
  io: Io;
  values: Values;
}

/** Returns the value in effect. Precedence: option, environment variable, settings file, default. */
export function valueInEffect(setting: Setting, { options, io, values }: ValueSources): SettingValue {
  const { name, option, variables, byDefault = null } = setting;
  const fromOption =
    option && options[option.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
  if (typeof fromOption === "string") return { name, value: fromOption, source: String(option) };
  const variable = variables.find((one) => io.env[one] && !io.settingVariables?.has(one));
  if (variable !== undefined) return { name, value: io.env[variable] ?? null, source: variable };
  const stored = Object.hasOwn(values, name) ? values[name] : undefined;
  return stored === undefined
    ? { name, value: byDefault, source: "default" }
    : { name, value: stored, source: "config" };
}
