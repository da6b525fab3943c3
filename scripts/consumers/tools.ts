// Installs the compilers, bundlers and packages of `pnpm sdk:consumers` into a cache. They are not dependencies of the
// repository, because they would make `pnpm install` slow. tools/pnpm-lock.yaml pins their versions and their integrity.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runPnpm } from "../../packages/sdk/test/pack.ts";

const root = join(import.meta.dirname, "..", "..");
const source = join(import.meta.dirname, "tools");
const cache = join(root, "node_modules/.cache/projostack-consumers");
const files = ["package.json", "pnpm-lock.yaml"];
/** The file that the installation writes last. */
const marker = ".complete";

/** Returns the folder with the installed tools. @throws Error if they are neither in the cache nor available from the registry */
export async function installTools(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(join(source, file)));
  const folder = join(cache, hash.digest("hex").slice(0, 16));
  if (await exists(join(folder, marker))) return folder;

  // Earlier versions of the tools, and an interrupted installation.
  await rm(cache, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const file of files) await cp(join(source, file), join(folder, file));
  try {
    await runPnpm(["install", "--frozen-lockfile", "--ignore-workspace", "--ignore-scripts"], folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(
      "The compilers and bundlers of this command could not be installed. The first run needs the package registry: check the network, then run the command again.",
      { cause: error },
    );
  }
  await writeFile(join(folder, marker), "");
  return folder;
}

/** Returns the path of a package's program. */
export function toolProgram(tools: string, ...path: string[]): string {
  return join(tools, "node_modules", ...path);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
