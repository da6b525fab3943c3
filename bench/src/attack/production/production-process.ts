// Starts the built server in a separate process, with the given environment only. Its output goes to files, as under a service
// manager, and never to a terminal.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { listeningUrl } from "../../contenders/contender.ts";
import { productProgram } from "../../contenders/product-program.ts";

export interface FiledServer {
  /** The output so far. */
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** Waits for the URL that the server listens on, or null if the server exits first. @throws Error after a minute */
  readonly listening: () => Promise<string | null>;
  /** Waits for the exit code, or null if the server still runs after `ms`. */
  readonly endedWithin: (ms: number) => Promise<number | null>;
  readonly stop: () => Promise<void>;
}

export function startFiledServer(directory: string, env: Readonly<Record<string, string>>): FiledServer {
  const paths = { stdout: join(directory, "stdout.log"), stderr: join(directory, "stderr.log") };
  const files = { stdout: openSync(paths.stdout, "w"), stderr: openSync(paths.stderr, "w") };
  const child = spawn(process.execPath, productProgram(), {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      PORT: "0",
      PROJO_DATA_DIR: join(directory, "data"),
      PROJO_DRAIN_SECONDS: "0",
      ...env,
    },
    stdio: ["ignore", files.stdout, files.stderr],
  });
  closeSync(files.stdout);
  closeSync(files.stderr);
  const ended = once(child, "exit").then(([code]: unknown[]) => (typeof code === "number" ? code : -1));
  const output = () => ({
    stdout: readFileSync(paths.stdout, "utf8"),
    stderr: readFileSync(paths.stderr, "utf8"),
  });
  return {
    output,
    listening: async () => {
      for (let tries = 0; tries < 600; tries += 1) {
        const url = output().stdout.split("\n").map(listeningUrl).find(Boolean);
        if (url) return url;
        if (child.exitCode !== null) return null;
        await delay(100);
      }
      throw new Error("The server neither listened nor exited within a minute.");
    },
    endedWithin: (ms) => Promise.race([ended, delay(ms, null, { ref: false })]),
    stop: async () => {
      if (child.exitCode === null) child.kill("SIGTERM");
      if ((await Promise.race([ended, delay(15_000, null, { ref: false })])) === null) child.kill("SIGKILL");
      await ended;
    },
  };
}
