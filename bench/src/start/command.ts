import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** The built program of the command line. */
export const projo = join(
  dirname(createRequire(import.meta.url).resolve("@projostack/cli/package.json")),
  "bin",
  "projo.js",
);

/** Returns the milliseconds from the start of `node` with the arguments to its exit. @throws Error if it fails */
export async function commandMs(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  await promisify(execFile)(process.execPath, args);
  return performance.now() - startedAt;
}
