import { isAbsolute, join } from "node:path";
import type { Io } from "../io.ts";

/**
 * Returns the directory of projo's file, or undefined when no variable names it and the user has no home directory. Ignores a
 * relative XDG_CONFIG_HOME, as the XDG Base Directory Specification requires.
 */
export function configDirectory({ env, homeDirectory, platform }: Io): string | undefined {
  const own = env["PROJO_CONFIG_DIR"];
  if (own) return own;
  const appData = env["APPDATA"];
  if (platform === "win32" && appData) return join(appData, "projo");
  const xdg = env["XDG_CONFIG_HOME"];
  if (xdg && isAbsolute(xdg)) return join(xdg, "projo");
  return homeDirectory === undefined ? undefined : join(homeDirectory, ".config", "projo");
}
