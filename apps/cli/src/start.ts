// The file that starts. It answers what needs no other file, and has Node.js keep the compiled code of the others.
// The cast names a function of newer versions of Node.js than the types are of.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
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

interface ModuleWithCache {
  readonly enableCompileCache?: (directory: string) => unknown;
}

async function startProgram(): Promise<void> {
  await import("./main.ts");
}

/** Only Node.js 22.1 and newer has the function. To load the module in Node.js 20 would only take time. */
function keepCompiledCode(): void {
  const { env, platform, version: runtime } = process;
  if (runtime.startsWith("v20.")) return;
  const { enableCompileCache } = process.getBuiltinModule("node:module") as ModuleWithCache;
  const directory = cacheDirectory({ env, platform, homeDirectory: homeDirectory() });
  // The function never returns for a directory that cannot be created below /proc, so it gets an existing one.
  if (directory !== undefined && enableCompileCache && exists(directory)) enableCompileCache(directory);
}

/** Creates the directory, and one parent, if necessary. */
function exists(directory: string): boolean {
  return isCreated(directory) || (isCreated(dirname(directory)) && isCreated(directory));
}

function isCreated(directory: string): boolean {
  try {
    mkdirSync(directory, { mode: 0o700 });
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EEXIST";
  }
}
