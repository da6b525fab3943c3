// The file that starts. It answers what needs no other file, and keeps the compiled code of the others.
import { cacheDirectory } from "./cache-directory.ts";
import { useCompiledCode } from "./compiled-code.ts";
import { homeDirectory } from "./home-directory.ts";
import { version } from "./version.ts";

const [first, ...others] = process.argv.slice(2);
// If the version cannot be written, the program says why.
if (first === "--version" && others.length === 0)
  process.stdout.once("error", () => void startProgram()).write(`${version()}\n`);
else {
  const { env, platform } = process;
  if (env["NODE_DISABLE_COMPILE_CACHE"] !== "1")
    useCompiledCode(cacheDirectory({ env, platform, homeDirectory: homeDirectory() }));
  void startProgram();
}

async function startProgram(): Promise<void> {
  await import("./main.ts");
}
