// The package in the projects of outside users: every part of `pnpm sdk:consumers`, in the short form.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const tsx = createRequire(import.meta.url).resolve("tsx/cli");
const MINUTE_MS = 60_000;

function consumers(): Promise<{ output: string; passed: boolean }> {
  const words = [tsx, "--conditions=@projostack/source", join(root, "scripts/consumers.ts"), "--short"];
  return new Promise((resolve) => {
    execFile(process.execPath, words, { cwd: root, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ output: stdout + stderr, passed: error === null }),
    );
  });
}

describe("the packed SDK in projects of many kinds", () => {
  it(
    "compiles, runs and bundles",
    async (context) => {
      const { output, passed } = await consumers();
      const isOffline = output.includes("could not be installed");
      if (isOffline && process.env["CI"] !== "true")
        context.skip("The package registry cannot be reached, and the compilers are not in the cache.");
      expect(passed, output).toBe(true);
      expect(output).toContain("Every check passed.");
    },
    30 * MINUTE_MS,
  );
});
