// The time of a complete run of the command line, relative to a run of Node.js without a program.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { listeningUrl } from "../contenders/contender.ts";
import { productProgram } from "../contenders/product-program.ts";
import { startServerProcess } from "../processes/server-process.ts";
import type { Figure, Goal } from "../runner/figure.ts";
import { inRounds } from "../runner/in-rounds.ts";
import type { RunOptions, Subject } from "../runner/run-bench.ts";
import { withTemporaryDirectory } from "../runner/temporary-directory.ts";
import { commandMs, projo } from "./command.ts";

export const commandLine: Subject = {
  name: "cli",
  title: "time of a complete run of the command line, on loopback",
  measure: (options) => withTemporaryDirectory((directory) => measure(options, directory)),
};

const commands: readonly { name: string; args: readonly string[]; goal?: Goal }[] = [
  { name: "projo --version", args: ["--version"], goal: { atMost: 1.3 } },
  { name: "projo --help", args: ["--help"] },
  { name: "projo tasks list", args: ["tasks", "list"], goal: { atMost: 2.5 } },
];

const NODE = "node -e 0";

async function measure({ quick, progress }: RunOptions, directory: string): Promise<Figure[]> {
  const server = await startServerProcess({
    program: [process.execPath, ...productProgram()],
    env: { NODE_ENV: "production", PORT: "0", PROJO_DATA_DIR: join(directory, "data") },
    ready: listeningUrl,
  });
  try {
    const env = { PATH: process.env["PATH"], HOME: join(directory, "home"), PROJO_URL: server.url };
    createTasks(env);
    const readings = await inRounds(
      [
        { name: NODE, take: () => commandMs(["-e", "0"], env) },
        ...commands.map(({ name, args }) => ({ name, take: () => commandMs([projo, ...args], env) })),
      ],
      { rounds: quick ? 5 : 31, progress },
    );
    return [
      ...commands.map(({ name, goal }) => ({
        group: `relative to ${NODE}`,
        name,
        value: readings.ratio(name, NODE, itself),
        unit: "x",
        ...(goal && { goal }),
      })),
      ...[NODE, ...commands.map(({ name }) => name)].map((name) => ({
        group: "median",
        name,
        value: readings.median(name, itself),
        unit: "ms",
      })),
    ];
  } finally {
    await server.stop();
  }
}

/** Creates an account, a workspace, and a page of tasks in two projects. */
function createTasks(env: Readonly<Record<string, string | undefined>>): void {
  const run = (args: readonly string[], input = "") =>
    execFileSync(process.execPath, [projo, ...args], { env: { ...env }, input, stdio: "pipe" });
  const tasks = Array.from({ length: 20 }, (_, n) => `${n % 2 === 0 ? "Website" : "Docs"},Task ${n}`);
  run(["signup", "bench@example.com", "--password-stdin"], "a long and quiet river");
  run(["workspaces", "create", "Bench"]);
  run(["tasks", "import", "-"], `project,title\n${tasks.join("\n")}\n`);
}

const itself = (ms: number): number => ms;
