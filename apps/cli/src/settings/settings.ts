// The settings that `projo config` stores. Each is the default of an environment variable, so that the code which uses a variable
// needs to know nothing of settings.
import { isAbsolute, resolve } from "node:path";
import { usageError } from "../cli-error.ts";
import type { Io } from "../io.ts";
import { DEFAULT_URL, parseServerUrl } from "../connection/server-url.ts";
import { parseSeconds } from "../connection/time-budget.ts";

export interface Setting {
  readonly name: string;
  readonly description: string;
  /** The global option that takes precedence. */
  readonly option: string | undefined;
  /** The environment variables that take precedence. */
  readonly variables: readonly string[];
  /** True if an empty variable is a value too, and takes precedence. */
  readonly canBeEmpty?: true;
  /** The value without an option, a variable and a setting. Undefined when the command chooses. */
  readonly byDefault: string | undefined;
  /** All values, if they can be listed. */
  readonly values?: readonly string[];
  /** Returns the value to store. @throws CliError for an invalid value */
  readonly parse: (value: string, io: Io) => string;
  /** Returns the variables that the value stands for. */
  readonly toEnvironment: (value: string) => Readonly<Record<string, string>>;
}

const ofVariable = (variable: string) => ({
  variables: [variable],
  toEnvironment: (value: string) => ({ [variable]: value }),
});

const COLORS = ["auto", "always", "never"];

export const settings: readonly Setting[] = [
  {
    name: "url",
    description: "URL of the server",
    option: "--url",
    byDefault: DEFAULT_URL,
    parse: (value) => parseServerUrl(value, "url"),
    ...ofVariable("PROJO_URL"),
  },
  {
    name: "account",
    description: "email address of the account",
    option: "--account",
    byDefault: undefined,
    parse(value) {
      if (/^[^@\s]+@[^@\s]+$/.test(value)) return value;
      throw usageError(`account: "${value}" is not an email address. Use a form such as ann@example.com`);
    },
    ...ofVariable("PROJO_ACCOUNT"),
  },
  {
    name: "workspace",
    description: "id or name of the workspace",
    option: "--workspace",
    byDefault: undefined,
    parse(value) {
      if (value.trim() !== "") return value;
      throw usageError("workspace: the value is blank. Use the id or the name of a workspace.");
    },
    ...ofVariable("PROJO_WORKSPACE"),
  },
  {
    name: "ca-file",
    description: "file of certificate authorities to trust too",
    option: "--ca-file",
    byDefault: undefined,
    // A command in another directory must find the file.
    parse: (value, io) => (isAbsolute(value) ? value : resolve(io.workingDirectory, value)),
    ...ofVariable("PROJO_CA_FILE"),
  },
  {
    name: "timeout",
    description: "maximum time to wait for the server, in seconds",
    option: "--timeout",
    byDefault: undefined,
    parse(value) {
      parseSeconds(value, "timeout");
      return value;
    },
    ...ofVariable("PROJO_TIMEOUT"),
  },
  {
    name: "pager",
    description: "program that shows long lists on a terminal",
    option: undefined,
    byDefault: undefined,
    parse: (value) => value,
    canBeEmpty: true,
    ...ofVariable("PROJO_PAGER"),
  },
  {
    name: "color",
    description: "colours in the output: auto, always or never",
    option: undefined,
    variables: ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR"],
    byDefault: "auto",
    values: COLORS,
    parse: (value) => oneOf("color", COLORS, value),
    toEnvironment: (value): Record<string, string> => {
      if (value === "auto") return {};
      return value === "never" ? { NO_COLOR: "1" } : { CLICOLOR_FORCE: "1" };
    },
  },
];

/** Returns the variable of the environment that takes precedence over the setting, if one is set. */
export const variableOf = ({ variables, canBeEmpty }: Setting, env: Io["env"]): string | undefined =>
  variables.find((variable) => (canBeEmpty ? env[variable] !== undefined : env[variable]));

export const findSetting = (name: string): Setting | undefined => settings.find((one) => one.name === name);

function oneOf(name: string, values: readonly string[], value: string): string {
  if (values.includes(value)) return value;
  throw usageError(
    `${name}: there is no value "${value}". Use ${values.slice(0, -1).join(", ")} or ${values.at(-1)}.`,
  );
}
