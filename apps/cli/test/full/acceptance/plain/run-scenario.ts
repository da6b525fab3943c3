// Runs the lines of a scenario in bash, with pipes as standard input, output and error.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Result, Scenario, Step } from "./scenario.ts";
import type { RunningServer } from "./serve.ts";
import { commonVariables, type World } from "./world.ts";

export interface Place {
  readonly server: RunningServer;
  /** The path of the executable file `projo`. */
  readonly program: string;
  /** The directory of all scenarios. */
  readonly folder: string;
}

export async function runScenario(scenario: Scenario, place: Place): Promise<Result[]> {
  const secrets = ["PASSWORD", "NEW_PASSWORD", "WRONG_PASSWORD"].map((name) => commonVariables[name] ?? "");
  const world: World = {
    server: place.server,
    domain: `${scenario.name}.example`,
    variables: new Map(Object.entries({ ...commonVariables, URL: place.server.url })),
    secrets: new Set(secrets),
  };
  const results: Result[] = [];
  for (const step of scenario.steps) {
    await step.before?.(world);
    const output = await runStep(step, { scenario, world, place });
    const { variables, secrets: known } = world;
    const result = { scenario, step, ...output, variables: new Map(variables), secrets: [...known] };
    if (step.keep !== undefined) world.variables.set(step.keep, result.out.replace(/\n$/, ""));
    if (step.isHidden && result.exit !== 0)
      throw new Error(`${step.line} ended with ${result.exit}: ${result.err}`);
    if (!step.isHidden) results.push(result);
  }
  return results;
}

interface Context {
  readonly scenario: Scenario;
  readonly world: World;
  readonly place: Place;
}

type Output = Pick<Result, "exit" | "out" | "err">;

async function runStep(step: Step, context: Context): Promise<Output> {
  const child = await start(step.line, step, context);
  const closed = once(child, "close") as Promise<[number | null]>;
  // A command that does not read its input may have ended.
  child.stdin?.on("error", () => {}).end(withVariables(step.stdin ?? "", context.world));
  const texts = { out: "", err: "" };
  const pending = [...(step.during ?? [])];
  let isStopped = step.stopAfter === undefined;
  const advance = () => {
    const all = texts.err + texts.out;
    const [next] = pending;
    if (next && all.includes(next[0])) {
      pending.shift();
      void runStep({ ...step, line: next[1], during: [], stdin: "" }, context);
    }
    if (isStopped || !all.includes(step.stopAfter ?? "")) return;
    isStopped = true;
    // The line is one command, which bash has replaced itself with.
    child.kill("SIGINT");
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => ((texts.out += text), advance()));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => ((texts.err += text), advance()));
  const [exit] = await closed;
  return { exit, ...texts };
}

async function start(line: string, step: Step, { scenario, world, place }: Context): Promise<ChildProcess> {
  const directory = join(place.folder, scenario.name);
  const home = join(directory, step.as ?? "home");
  const work = join(directory, "work");
  await Promise.all([mkdir(home, { recursive: true }), mkdir(work, { recursive: true })]);
  const env = {
    PATH: `${dirname(place.program)}:${process.env["PATH"]}`,
    HOME: home,
    ...(scenario.setsUrl === false ? {} : { PROJO_URL: place.server.url }),
    ...Object.fromEntries(world.variables),
    ...step.env,
  };
  return spawn("bash", ["-o", "pipefail", "-c", line], { cwd: work, env, stdio: "pipe" });
}

const withVariables = (text: string, { variables }: World): string =>
  text.replaceAll(/\$([A-Z_]+)/g, (_, name: string) => variables.get(name) ?? "");
