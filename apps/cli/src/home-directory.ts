import { homedir } from "node:os";
import { isAbsolute } from "node:path";

/**
 * Undefined when the user has none: a user id without a passwd entry has no home directory, unless HOME names one. A relative HOME
 * would be another directory for each working directory, so it is none.
 */
export function homeDirectory(): string | undefined {
  try {
    const directory = homedir();
    return isAbsolute(directory) ? directory : undefined;
  } catch {
    return undefined;
  }
}
