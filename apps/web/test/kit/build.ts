import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const web = fileURLToPath(new URL("../..", import.meta.url));
const sources = ["src", "public", "build", "index.html", "vite.config.ts", "../../packages/sdk/src"];
const cache = join(web, "node_modules", ".cache", "builds");

/** Builds the application from its sources and those of the SDK, once for each state of them. @returns the folder of the files */
export async function buildApplication(): Promise<string> {
  const folder = join(cache, await hashOf(sources.map((source) => join(web, source))));
  if (existsSync(folder)) return folder;
  // Other workers may build the same state. The first one that has finished wins.
  const draft = `${folder}.${process.pid}`;
  await mkdir(cache, { recursive: true });
  const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin", "vite.js");
  await promisify(execFile)(
    process.execPath,
    [vite, "build", "--mode", "test", "--outDir", draft, "--bypass-lock"],
    {
      cwd: web,
      env: { ...process.env, NODE_ENV: "production" },
    },
  );
  if (existsSync(folder)) await rm(draft, { recursive: true });
  else await rename(draft, folder);
  return folder;
}

async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    const names = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
    const files = names?.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of (files ?? [path]).toSorted()) hash.update(file).update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 16);
}
