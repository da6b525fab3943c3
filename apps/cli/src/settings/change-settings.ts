import { SharedFileError, sharedFile } from "@projostack/sdk/node";
import { CliError } from "../cli-error.ts";
import type { Io } from "../io.ts";
import { readValues } from "./apply-settings.ts";
import { settingsPath, type Values } from "./settings-file.ts";

/** Replaces the values of the file while no other projo process changes it. @throws CliError */
export async function changeSettings(io: Io, change: (values: Values) => Values): Promise<void> {
  const path = settingsPath(io);
  if (path === undefined) {
    throw new CliError(
      "cli.settings_unwritable",
      "Your user has no home directory, so a setting cannot be stored. Set HOME or PROJO_CONFIG_DIR to a directory of yours.",
    );
  }
  const file = sharedFile(path, { alternative: "set PROJO_CONFIG_DIR to another directory" });
  try {
    await file.lock(() => file.write(`${JSON.stringify(change(readValues(io)), undefined, 2)}\n`));
  } catch (error) {
    if (!(error instanceof SharedFileError)) throw error;
    throw new CliError("cli.settings_unwritable", error.message, { cause: error });
  }
}
