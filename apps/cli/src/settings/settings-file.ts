import { join } from "node:path";
import { configDirectory } from "../credentials/config-directory.ts";
import type { Io } from "../io.ts";

/** The values of the settings file, by their names. */
export type Values = Readonly<Record<string, string>>;

/** Returns the path of the settings file, or undefined when the user has no home directory. */
export function settingsPath(io: Io): string | undefined {
  const directory = configDirectory(io);
  return directory === undefined ? undefined : join(directory, "config.json");
}

/** Parses the content of the file. Returns undefined when it has another shape. */
export function parseValues(text: string): Values | undefined {
  let value: unknown;
  try {
    // Editors on Windows add a byte order mark.
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
  return isValues(value) ? value : undefined;
}

const isValues = (value: unknown): value is Values =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((one) => typeof one === "string");
