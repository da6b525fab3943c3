// The real server and the operator's program, as processes of their own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "./cluster.ts";

const root = join(import.meta.dirname, "../../..");

export interface ProgramOptions {
  /** Whether to run the build of apps/server instead of its sources. */
  readonly isBuilt: boolean;
  readonly env: Readonly<Record<string, string>>;
}

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startServer({ isBuilt, env }: ProgramOptions): Promise<RunningServer> {
  const port = await freePort();
  const child = spawn(process.execPath, [...programOf(isBuilt), "serve"], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", ...env, PORT: String(port), HOST: "127.0.0.1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  process.prependOnceListener("exit", () => child.kill("SIGKILL"));
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (log = (log + part).slice(-4_000)));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await isReady(url)); tries += 1) {
    if (child.exitCode !== null || tries === 600) throw new Error(`The server did not start:\n${log}`);
    await wait(100);
  }
  return {
    url,
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Runs `projostack` with these arguments. @returns its output @throws Error if it fails */
export async function runOperator(
  args: readonly string[],
  { isBuilt, env }: ProgramOptions,
): Promise<string> {
  const child = spawn(process.execPath, [...programOf(isBuilt), ...args], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended: Promise<unknown[]> = once(child, "close");
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  if (code !== 0) throw new Error(`projostack ${args.join(" ")} failed: ${errors.trim()}`);
  return out.trim();
}

const programOf = (isBuilt: boolean): string[] =>
  isBuilt
    ? [join(root, "apps/server/dist/projostack.js")]
    : [
        "--import",
        import.meta.resolve("tsx"),
        "--conditions=@projostack/source",
        join(root, "apps/server/src/main.ts"),
      ];

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );
