import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** The built program of the command line, as its package contains it. */
export const projo = join(
  dirname(createRequire(import.meta.url).resolve("@projostack/cli/package.json")),
  "dist",
  "projo.cjs",
);

type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the milliseconds from the start of `node` with the arguments to its exit. @throws Error if it fails */
export async function commandMs(args: readonly string[], env: Environment = process.env): Promise<number> {
  const startedAt = performance.now();
  await promisify(execFile)(process.execPath, args, { env: { ...env } });
  return performance.now() - startedAt;
}
