import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const Manifest = z.object({ scripts: z.object({ start: z.string() }) });

const root = new URL("../../../", import.meta.url);

/** Returns the arguments that `pnpm start` passes to `node`: its options and the server's program. */
export function productProgram(): string[] {
  const { scripts } = Manifest.parse(JSON.parse(readFileSync(new URL("package.json", root), "utf8")));
  const [, written = ""] = /&& node (.+)$/.exec(scripts.start) ?? [];
  const words = written.split(" ");
  const program = words.pop();
  if (!program?.endsWith(".js"))
    throw new Error("The start script in package.json does not end with a program.");
  return [...words, fileURLToPath(new URL(program, root))];
}
