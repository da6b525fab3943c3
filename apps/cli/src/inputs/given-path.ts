import { resolve } from "node:path";
import { usageError } from "../cli-error.ts";
import type { Io } from "../io.ts";

/**
 * Returns the absolute path of a file or directory that the user names. An empty name, as of a variable that a script has not set,
 * would be the working directory. @throws CliError when the name is empty
 */
export function givenPath({ workingDirectory }: Pick<Io, "workingDirectory">, name: string): string {
  if (name === "") throw usageError("The name of a file or directory is empty. Name one.");
  return resolve(workingDirectory, name);
}
