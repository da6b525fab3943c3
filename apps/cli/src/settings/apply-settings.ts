// The cast is of an object that gets all properties at once.
import { readFileSync } from "node:fs";
import { CliError } from "../cli-error.ts";
import type { Io } from "../io.ts";
import { findSetting, variableOf } from "./settings.ts";
import { parseValues, settingsPath, type Values } from "./settings-file.ts";

/**
 * Returns the input and output of a command with the settings as defaults of the environment variables. Reads the file in one call,
 * because each command waits for it.
 *
 * @throws CliError when the file has no valid content. A command must not go to another server than the settings name.
 */
export function applySettings(io: Io): Io {
  const added = variablesOf(readValues(io), io);
  if (Object.keys(added).length === 0) return io;
  // A spread would call the getters of `io`, which may throw.
  return Object.create(io, {
    env: { value: { ...io.env, ...added }, enumerable: true, writable: true },
    settingVariables: { value: new Set(Object.keys(added)), enumerable: true },
  }) as Io;
}

/** @throws CliError when the file cannot be read, or is no JSON object of texts */
export function readValues(io: Io): Values {
  const path = settingsPath(io);
  const text = path === undefined ? undefined : read(path);
  if (text === undefined) return {};
  const values = parseValues(text);
  if (values) return values;
  throw invalid(`${path} has an invalid format. Correct it, or delete it.`);
}

function variablesOf(values: Values, io: Io): Record<string, string> {
  const added: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const setting = findSetting(name);
    // A newer projo may have stored a setting that this one does not know.
    if (!setting || variableOf(setting, io.env) !== undefined) continue;
    Object.assign(added, setting.toEnvironment(parsed(setting.parse, value, io)));
  }
  return added;
}

function parsed(parse: (value: string, io: Io) => string, value: string, io: Io): string {
  try {
    return parse(value, io);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw invalid(`${settingsPath(io)}: ${error.message} (change it with: projo config set)`);
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    // Without a readable directory there are no settings. The file of the credentials reports the directory.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    const problem = code === "EACCES" ? "you have no permission" : code;
    throw invalid(
      `${path} cannot be read: ${problem}. Correct its permissions, or set PROJO_CONFIG_DIR to another directory.`,
    );
  }
}

const invalid = (message: string): CliError => new CliError("cli.settings_invalid", message);
