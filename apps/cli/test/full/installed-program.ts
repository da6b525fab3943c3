// Packs the CLI and installs the package with npm, without the network, as a user installs it from a registry.
import { execFile } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../../..");

export interface InstalledProgram {
  /** The path of the executable file `projo`. */
  readonly program: string;
  /** The directory with `node_modules`. */
  readonly directory: string;
  readonly tarball: string;
}

/** @param folder an existing directory, in which the package and the installation get directories of their own */
export async function installProgram(folder: string): Promise<InstalledProgram> {
  const [directory, packed] = [join(folder, "installed"), join(folder, "packed")];
  await Promise.all([mkdir(directory), mkdir(packed)]);
  await pnpm(["--filter", "@projostack/cli", "pack", "--pack-destination", packed]);
  const [name = ""] = await readdir(packed);
  const tarball = join(packed, name);
  await run("npm", ["install", tarball, "--offline", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: directory,
  });
  return { program: join(directory, "node_modules/.bin/projo"), directory, tarball };
}

/** Runs the pnpm that started the tests, or pnpm through npx. */
async function pnpm(args: readonly string[]): Promise<void> {
  const started = process.env["npm_execpath"] ?? "";
  if (!/pnpm/.test(basename(started))) await run("npx", ["-y", "pnpm@12", ...args], { cwd: root });
  else if (/\.[cm]?js$/.test(started)) await run(process.execPath, [started, ...args], { cwd: root });
  else await run(started, [...args], { cwd: root });
}
