// Builds and packs the SDK as a release does. Works in a copy, because other tests may use the real dist.
import { execFile, type ExecFileOptions } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { compileHere } from "./compile.ts";

const sdk = join(import.meta.dirname, "..");
const root = join(sdk, "..", "..");

const compilers = {
  "TypeScript 5.9": join(sdk, "node_modules/@typescript/typescript5"),
  "TypeScript 7": join(sdk, "node_modules/typescript"),
};
export type CompilerName = keyof typeof compilers;

/** Compiles the project in a folder. TypeScript 5.9 looks for errors in the files of the project and of the SDK alone. */
export async function compileWith(compiler: CompilerName, folder: string): Promise<string> {
  if (compiler === "TypeScript 5.9") return compileHere(compilers[compiler], folder, isOwn).output;
  return await run(process.execPath, [join(compilers[compiler], "bin/tsc"), "-p", folder], { cwd: folder });
}

/** Counts the type instantiations of a project with TypeScript 5.9. @throws Error with the compiler's report */
export function countInstantiations(folder: string): number {
  const { output, instantiations } = compileHere(compilers["TypeScript 5.9"], folder);
  if (output !== "") throw new Error(output);
  return instantiations;
}

const isOwn = (fileName: string): boolean => !/\/node_modules\/(?!@projostack\/sdk\/)/.test(fileName);

/**
 * Packs the SDK into a temporary folder.
 * @param changed the contents of files that differ from the repository's, by their path in the repository
 * @returns the folder, the path of the tarball and a function that removes both
 */
export async function packSdk(
  changed: Readonly<Record<string, string>> = {},
): Promise<{ folder: string; tarball: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "projostack-sdk-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, "workspace", "packages", "sdk");
    await mkdir(copy, { recursive: true });
    for (const name of ["package.json", "pnpm-workspace.yaml", "tsconfig.base.json", "LICENSE"]) {
      await cp(join(root, name), join(folder, "workspace", name));
    }
    for (const name of [
      "package.json",
      "CHANGELOG.md",
      "src",
      "tsconfig.json",
      "tsconfig.build.json",
      "tsconfig.cjs.json",
      "README.md",
    ]) {
      await cp(join(sdk, name), join(copy, name), { recursive: true });
    }
    for (const [path, text] of Object.entries(changed)) {
      const place = join(folder, "workspace", path);
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, text);
    }
    await symlink(join(sdk, "node_modules"), join(copy, "node_modules"), "junction");
    await runScript("build", copy);
    await runPnpm(["pack", "--pack-destination", folder], copy);

    const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
    if (tarball === undefined) throw new Error("pnpm pack created no tarball.");
    return { folder, tarball: join(folder, tarball), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Installs only the tarball, without network access. */
export async function installAlone(tarball: string, folder: string): Promise<void> {
  // npm's cache may hold some of the optional peers, and npm would then look for all of them.
  const flags = ["--offline", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error"];
  await run(command("npm"), ["install", tarball, ...flags], { cwd: folder });
}

/** Runs a program. @returns its stdout @throws Error with its output when it fails */
export async function run(
  program: string,
  args: readonly string[],
  options: ExecFileOptions,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { ...options, encoding: "utf8" });
    return stdout;
  } catch (error) {
    const output =
      error instanceof Error && "stdout" in error && "stderr" in error ? [error.stdout, error.stderr] : [];
    throw new Error(`${basename(program)} ${args.join(" ")} failed:\n${output.join("\n")}`, { cause: error });
  }
}

/** Runs a script of package.json as pnpm does, but without pnpm's check of the installed dependencies. */
async function runScript(name: string, cwd: string): Promise<void> {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    await readFile(join(cwd, "package.json"), "utf8"),
  );
  const path = [join(cwd, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
  const shell = process.platform === "win32" ? ["cmd", "/d", "/s", "/c"] : ["sh", "-c"];
  const [program = "sh", ...flags] = shell;
  await run(program, [...flags, scripts[name] ?? "exit 1"], {
    cwd,
    env: { ...process.env, PATH: path },
  });
}

/** Runs the pnpm that started the tests, or pnpm through npx. */
export async function runPnpm(args: readonly string[], cwd: string): Promise<void> {
  const pnpm = process.env["npm_execpath"] ?? "";
  if (!/pnpm/.test(basename(pnpm))) await run(command("npx"), ["-y", "pnpm@12", ...args], { cwd });
  else if (/\.[cm]?js$/.test(pnpm)) await run(process.execPath, [pnpm, ...args], { cwd });
  else await run(pnpm, args, { cwd });
}

function command(name: string): string {
  return process.platform === "win32" ? `${name}.cmd` : name;
}
