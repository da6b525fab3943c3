// Generates the version of the SDK, which it sends in its user agent. A published file must not read package.json at run time.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export function generateSdkVersion(root: string): Record<string, string> {
  const manifest: unknown = JSON.parse(readFileSync(join(root, "packages/sdk/package.json"), "utf8"));
  const { version } = z.object({ version: z.string() }).parse(manifest);
  return {
    "packages/sdk/src/generated/version.ts": `/** The version of this package. */\nexport const version = ${JSON.stringify(version)};\n`,
  };
}
