import { isAbsolute, join } from "node:path";
import type { Io } from "../io.ts";

/** Returns the directory of projo's file. Ignores a relative XDG_CONFIG_HOME, as the XDG Base Directory Specification requires. */
export function configDirectory({ env, homeDirectory, platform }: Io): string {
  const own = env["PROJO_CONFIG_DIR"];
  if (own) return own;
  const appData = env["APPDATA"];
  if (platform === "win32" && appData) return join(appData, "projo");
  const xdg = env["XDG_CONFIG_HOME"];
  return join(xdg && isAbsolute(xdg) ? xdg : join(homeDirectory, ".config"), "projo");
}
