import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Io } from "../../io.ts";
import { type Check, note, ok } from "./check.ts";

/** Returns the files of each shell that load the completion. */
function filesOf({ env, homeDirectory = "" }: Io): Readonly<Record<string, readonly string[]>> {
  const config = env["XDG_CONFIG_HOME"] || join(homeDirectory, ".config");
  const data = env["XDG_DATA_HOME"] || join(homeDirectory, ".local/share");
  return {
    bash: [
      ...inDirectory(homeDirectory, ".bashrc", ".bash_profile", ".profile"),
      join(data, "bash-completion/completions/projo"),
    ],
    zsh: inDirectory(env["ZDOTDIR"] || homeDirectory, ".zshrc", ".zprofile"),
    fish: inDirectory(config, "fish/completions/projo.fish", "fish/config.fish"),
  };
}

const inDirectory = (directory: string, ...names: string[]): string[] =>
  names.map((name) => join(directory, name));

/** The command in a start file, or the first line of the script. */
const LOADS_COMPLETION = /projo completion|completion of projo/;

/** Checks the shell of the user. Checks nothing for a shell whose files are not known. */
export function* checkCompletion(io: Io): Generator<Check> {
  const shell = basename(io.env["SHELL"] ?? "");
  const files = filesOf(io);
  const paths = Object.hasOwn(files, shell) ? files[shell] : undefined;
  if (!paths || io.homeDirectory === undefined) return;
  const isInstalled = paths.some((path) => LOADS_COMPLETION.test(read(path)));
  yield isInstalled
    ? ok("Completion", `installed for ${shell}`)
    : note("Completion", `not installed for ${shell}.`, "See: projo completion --help");
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Most users have only some of the files.
    return "";
  }
}
