import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Io } from "../../io.ts";
import { type Check, note, ok } from "./check.ts";

/** The files of each shell, in the home directory, that load the completion. */
const files: Readonly<Record<string, readonly string[]>> = {
  bash: [".bashrc", ".bash_profile", ".profile", ".local/share/bash-completion/completions/projo"],
  zsh: [".zshrc", ".zprofile"],
  fish: [".config/fish/completions/projo.fish", ".config/fish/config.fish"],
};

/** Checks the shell of the user. Checks nothing for a shell whose files are not known. */
export function* checkCompletion({ env, homeDirectory }: Io): Generator<Check> {
  const shell = basename(env["SHELL"] ?? "");
  const names = Object.hasOwn(files, shell) ? files[shell] : undefined;
  if (!names || homeDirectory === undefined) return;
  const isInstalled = names.some((name) => /projo/.test(read(join(homeDirectory, name))));
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
