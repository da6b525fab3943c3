import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** The command line's program, as it was built. */
export const projo = join(
  dirname(createRequire(import.meta.url).resolve("@projostack/cli/package.json")),
  "bin",
  "projo.js",
);

/** Milliseconds from the start of `node` with these arguments to its end. @throws when it fails */
export async function commandMs(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  await promisify(execFile)(process.execPath, args);
  return performance.now() - startedAt;
}
