import { isAbsolute, join } from "node:path";
import type { Io } from "./io.ts";

/**
 * Returns the directory for compiled code, or undefined when the user has no home directory. Never the directory for temporary
 * files: another user could put code there, which projo would run.
 */
export function cacheDirectory({
  env,
  platform,
  homeDirectory,
}: Pick<Io, "env" | "platform" | "homeDirectory">): string | undefined {
  const local = env["LOCALAPPDATA"];
  if (platform === "win32" && local) return join(local, "projo", "cache");
  const xdg = env["XDG_CACHE_HOME"];
  if (xdg && isAbsolute(xdg)) return join(xdg, "projo");
  return homeDirectory === undefined ? undefined : join(homeDirectory, ".cache", "projo");
}
