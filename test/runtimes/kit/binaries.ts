// The runtimes of the tests, from npm's registry. Each is about 100 MB, so that they are no dependencies of this repository:
// the full suite and CI download them once into a cache, and `pnpm test` uses those that are in the cache.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface Runtime {
  readonly name: string;
  /** The package with the binary for this platform, or undefined where there is none. */
  readonly package: string | undefined;
  readonly version: string;
  /** The binary in the package. */
  readonly file: string;
  /** Arguments before the program. */
  readonly flags: readonly string[];
  /** Whether CI fails without it. */
  readonly isRequired: boolean;
}

const { platform, arch } = process;
const isWindows = platform === "win32";

const node = (version: string): Runtime => ({
  name: `Node.js ${version.split(".")[0]}`,
  package: `node-${isWindows ? "win" : platform}-${arch}`,
  version,
  file: isWindows ? "bin/node.exe" : "bin/node",
  flags: [],
  isRequired: true,
});

export const runtimes: readonly Runtime[] = [
  node("20.20.2"),
  node("22.23.5"),
  node("24.22.3"),
  node("26.12.1"),
  {
    name: "Deno",
    package: platform === "linux" ? `@deno/linux-${arch}-glibc` : `@deno/${platform}-${arch}`,
    version: "2.9.6",
    file: isWindows ? "deno.exe" : "deno",
    flags: ["run", "--no-lock", "--allow-all"],
    isRequired: false,
  },
  {
    name: "Bun",
    package: `@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`,
    version: "1.4.5",
    file: isWindows ? "bin/bun.exe" : "bin/bun",
    flags: [],
    isRequired: false,
  },
];

const cache = join(fileURLToPath(new URL("../../..", import.meta.url)), "node_modules", ".cache", "runtimes");

const folderOf = ({ name, version }: Runtime): string =>
  join(cache, `${name}-${version}`.replaceAll(/[^\w.]+/g, "-").toLowerCase());

/** Returns the path of the runtime's binary in the cache, or undefined when it is not there. */
export function cachedBinary(runtime: Runtime): string | undefined {
  const path = join(folderOf(runtime), "node_modules", runtime.package ?? "", runtime.file);
  return existsSync(path) ? path : undefined;
}

/** Downloads the runtime unless it is in the cache. @throws Error without access to the registry */
export async function downloadBinary(runtime: Runtime): Promise<string> {
  const known = cachedBinary(runtime);
  if (known !== undefined) return known;
  const folder = folderOf(runtime);
  // Another run may download the same runtime. The first one that has finished wins.
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    writeFileSync(join(draft, "package.json"), JSON.stringify({ private: true }));
    await promisify(execFile)(
      isWindows ? "npm.cmd" : "npm",
      ["install", `${runtime.package}@${runtime.version}`, "--ignore-scripts", "--no-audit", "--no-fund"],
      { cwd: draft, shell: isWindows },
    );
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  const path = cachedBinary(runtime);
  if (path === undefined)
    throw new Error(`${runtime.package} ${runtime.version} contains no ${runtime.file}.`);
  return path;
}
