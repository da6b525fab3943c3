import { homedir } from "node:os";

/** Undefined when the user has none: a user id without a passwd entry has no home directory, unless HOME names one. */
export function homeDirectory(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}
