// Runs the checks of turbo.json without turbo and pnpm. CI has no cache for turbo to use, and each start of pnpm takes half a second.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";
import { z } from "zod";
import { readPackages } from "./affected-packages.ts";

/** A script of a package. */
interface Task {
  /** The folder of the package; "." is the root. */
  readonly folder: string;
  readonly script: string;
  readonly command: string;
}

type Print = (text: string) => void;

interface Run {
  readonly root: string;
  readonly print: Print;
}

/** Prints the output of each check when it ends. @returns whether every check passed */
export async function runDirectly(root: string, print: Print): Promise<boolean> {
  const folders = readPackages(root).map(({ folder }) => folder);
  const tasksOf = (folder: string, script: string): Task[] => {
    const command = readScripts(root, folder)[script];
    return command === undefined ? [] : [{ folder, script, command }];
  };
  const inPackages = (script: string) => folders.flatMap((folder) => tasksOf(folder, script));
  const checks = readChecks(root).flatMap((check) =>
    check.startsWith(IN_ROOT) ? tasksOf(".", check.slice(IN_ROOT.length)) : inPackages(check),
  );
  // The checks read the generated files.
  const run = (tasks: readonly Task[]) => runAll(tasks, { root, print });
  return (await run(inPackages("generate"))) && (await run(checks));
}

/** Turbo's name of a script of the root begins with it. */
const IN_ROOT = "//#";

function readChecks(root: string): readonly string[] {
  const Turbo = z.object({ tasks: z.object({ check: z.object({ dependsOn: z.array(z.string()) }) }) });
  return Turbo.parse(JSON.parse(readFileSync(join(root, "turbo.json"), "utf8"))).tasks.check.dependsOn;
}

function readScripts(root: string, folder: string): Readonly<Record<string, string>> {
  const Manifest = z.object({ scripts: z.record(z.string(), z.string()).default({}) });
  return Manifest.parse(JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"))).scripts;
}

async function runAll(tasks: readonly Task[], run: Run): Promise<boolean> {
  const queue = [...tasks];
  let passed = true;
  const work = async () => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift())
      if (!(await runTask(task, run))) passed = false;
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return passed;
}

/** Runs a script as pnpm does. */
async function runTask({ folder, script, command }: Task, { root, print }: Run): Promise<boolean> {
  const bins = [folder, "."].map((one) => join(root, one, "node_modules/.bin"));
  const child = spawn("sh", ["-c", command], {
    cwd: join(root, folder),
    env: { ...process.env, PATH: [...bins, process.env["PATH"]].join(delimiter) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += String(text)));
  const code = await new Promise((resolve) => child.once("close", resolve));
  print(`${folder}: ${script} ${code === 0 ? "passed" : `failed with exit code ${String(code)}`}`);
  if (output !== "") print(output.trimEnd());
  return code === 0;
}
