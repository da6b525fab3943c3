// A project outside this repository, in a temporary folder: it has its own package.json, and of the packages here only those
// that it names.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

export interface OutsideProject {
  readonly folder: string;
  write(path: string, text: string): Promise<void>;
  /** Runs a program of a package, in the folder. @throws Error with its output if it fails */
  run(program: string, args: readonly string[]): Promise<string>;
  /** Runs a script in bash, in the folder. The programs of the packages are in its path. */
  shell(script: string): Promise<string>;
  /** Compiles the project with TypeScript's strict settings. @throws Error with the messages of the compiler */
  compile(): Promise<void>;
  /** Runs a compiled file. @returns its output */
  start(file: string): Promise<string>;
  remove(): Promise<void>;
}

export async function createOutsideProject(packages: readonly string[] = []): Promise<OutsideProject> {
  const folder = await mkdtemp(join(tmpdir(), "projo-outside-"));
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  await write("package.json", JSON.stringify({ name: "outside", private: true, type: "module" }));
  await write("tsconfig.json", JSON.stringify(configuration));
  for (const name of packages) {
    await mkdir(dirname(join(folder, "node_modules", name)), { recursive: true });
    await symlink(await realpath(join(modules, name)), join(folder, "node_modules", name));
  }
  const run = (program: string, args: readonly string[]) => execIn(folder, program, args);
  return {
    folder,
    write,
    run: (program, args) => run(join(modules, ".bin", program), args),
    shell: (script) =>
      run("bash", [
        "-euo",
        "pipefail",
        "-c",
        `PATH=${JSON.stringify(join(modules, ".bin"))}:$PATH; ${script}`,
      ]),
    compile: async () => void (await run(join(modules, ".bin/tsc"), ["-p", "."])),
    start: (file) => run(process.execPath, [join("dist", file)]),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const configuration = {
  compilerOptions: {
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable"],
    module: "nodenext",
    types: [],
    strict: true,
    skipLibCheck: false,
    rootDir: ".",
    outDir: "dist",
  },
  exclude: ["dist"],
};

async function execIn(cwd: string, program: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...silent };
  try {
    return (await execute(program, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    const output = `${stdout.slice(0, 6_000)}${stderr.slice(0, 3_000)}`;
    throw new Error(`${program} ${args.join(" ")}\n${output}`, { cause: error });
  }
}

/** Programs of the tests send nothing to their makers. */
const silent = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
