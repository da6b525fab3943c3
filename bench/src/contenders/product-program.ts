import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const Manifest = z.object({ scripts: z.object({ start: z.string() }) });

const root = new URL("../../../", import.meta.url);

/**
 * Returns the arguments that `pnpm start` passes to `node`: its options, the program, and the command.
 * @param checkout the URL of the directory with the package.json, with a trailing slash. Default: this checkout
 */
export function productProgram(checkout: URL = root): string[] {
  const { scripts } = Manifest.parse(JSON.parse(readFileSync(new URL("package.json", checkout), "utf8")));
  const [, written = ""] = /&& node (.+)$/.exec(scripts.start) ?? [];
  const words = written.split(" ");
  if (!words.some(isProgram)) throw new Error("The start script in package.json starts no program.");
  return words.map((word) => (isProgram(word) ? fileURLToPath(new URL(word, checkout)) : word));
}

const isProgram = (word: string): boolean => word.endsWith(".js");
