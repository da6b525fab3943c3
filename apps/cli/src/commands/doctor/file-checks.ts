// The directory of the configuration and the files in it.
import { access, constants, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { CliError } from "../../cli-error.ts";
import { quoted } from "../../connection/next-commands.ts";
import { configDirectory } from "../../credentials/config-directory.ts";
import { credentialsFile } from "../../credentials/credentials-file.ts";
import { storedAccounts } from "../../credentials/stored-accounts.ts";
import type { Io } from "../../io.ts";
import { applySettings, readValues } from "../../settings/apply-settings.ts";
import { type Check, note, ok, problem } from "./check.ts";

const ANOTHER_DIRECTORY = "or set PROJO_CONFIG_DIR to another directory.";

export async function* checkFiles(io: Io): AsyncGenerator<Check> {
  const directory = configDirectory(io);
  if (directory === undefined) {
    yield problem(
      "Directory",
      "your user has no home directory, so a sign-in cannot be stored.",
      "Set HOME or PROJO_CONFIG_DIR to a directory of yours.",
    );
    return;
  }
  if (!isAbsolute(directory))
    yield note(
      "Directory",
      `PROJO_CONFIG_DIR=${directory} is relative, so each working directory has its own accounts.`,
      "Set it to an absolute path.",
    );
  const found = await stat(directory).catch(() => undefined);
  if (!found) {
    yield await checkParent(directory);
    return;
  }
  yield await checkDirectory(io, directory, found.mode);
  yield* checkCredentials(io, join(directory, "credentials.json"));
  yield checkSettings(io, join(directory, "config.json"));
}

/** The directory is created with the first sign-in, in the nearest one that exists. */
async function checkParent(directory: string): Promise<Check> {
  let parent = dirname(directory);
  let found = await stat(parent).catch(() => undefined);
  while (!found && parent !== dirname(parent)) {
    parent = dirname(parent);
    found = await stat(parent).catch(() => undefined);
  }
  if (found && !found.isDirectory())
    return problem(
      "Directory",
      `${directory} cannot be created: ${parent} is not a directory.`,
      "Set HOME or PROJO_CONFIG_DIR to a directory of yours.",
    );
  return access(parent, constants.W_OK | constants.X_OK).then(
    () => note("Directory", `${directory} does not exist yet.`, "The first sign-in creates it."),
    () =>
      problem(
        "Directory",
        `${directory} does not exist and cannot be created.`,
        `Make ${parent} writable, ${ANOTHER_DIRECTORY}`,
      ),
  );
}

async function checkDirectory(io: Io, directory: string, mode: number): Promise<Check> {
  try {
    // Taking the lock writes as much as a sign-in does.
    await credentialsFile(io, () => {}).lock(async () => {});
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return problem("Directory", `${directory} cannot be used.`, error.message);
  }
  if (io.platform !== "win32" && (mode & 0o022) !== 0)
    return problem(
      "Directory",
      `other users can change ${directory}.`,
      `Run: chmod 700 ${quoted(directory)}`,
    );
  return ok("Directory", directory);
}

async function* checkCredentials(io: Io, path: string): AsyncGenerator<Check> {
  const found = await stat(path).catch(() => undefined);
  const warnings: string[] = [];
  try {
    // Reading also removes the permissions of others, and says so.
    const credentials = await credentialsFile(io, (warning) => warnings.push(warning)).read();
    const count = storedAccounts(credentials).length;
    if (!found) yield note("Credentials", "no account is stored.", "Run: projo login");
    else yield ok("Credentials", `${path}, ${count === 1 ? "1 account" : `${count} accounts`}`);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    yield problem("Credentials", `${path} cannot be used.`, error.message);
  }
  const [warning] = warnings;
  if (warning !== undefined) yield problem("Credentials", "other users could read the file.", warning);
}

function checkSettings(io: Io, path: string): Check {
  try {
    const names = Object.keys(readValues(io));
    // Also checks the values.
    applySettings(io);
    return ok("Settings", names.length === 0 ? "none" : `${path}: ${names.join(", ")}`);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return problem("Settings", `${path} is not valid.`, error.message);
  }
}
