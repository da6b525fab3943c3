// The file that starts. It answers what needs no other file, and has Node.js keep the compiled code of the others.
// The cast names a function of newer versions of Node.js than the types are of.
import nodeModule from "node:module";
import { cacheDirectory } from "./cache-directory.ts";
import { homeDirectory } from "./home-directory.ts";
import { version } from "./version.ts";

const [first, ...others] = process.argv.slice(2);
// If the version cannot be written, the program says why.
if (first === "--version" && others.length === 0)
  process.stdout.once("error", () => void startProgram()).write(`${version()}\n`);
else {
  keepCompiledCode();
  void startProgram();
}

async function startProgram(): Promise<void> {
  await import("./main.ts");
}

/** Only Node.js 22.1 and newer has the function. It does not throw for a directory that it cannot write. */
function keepCompiledCode(): void {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (directory: string) => unknown };
  const { env, platform } = process;
  const directory = cacheDirectory({ env, platform, homeDirectory: homeDirectory() });
  if (directory !== undefined) enableCompileCache?.(directory);
}
