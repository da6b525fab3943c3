// Starts the program of the server, over an embedded PostgreSQL of its own, as a user starts it.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { eventually, freePorts, startProgram } from "@projostack/api/testing";

export interface RunningServer {
  readonly url: string;
  readonly dataDir: string;
}

export interface ServerProgram extends RunningServer {
  readonly close: () => Promise<void>;
}

/** @param folder an existing directory, in which the server gets its data directory */
export async function serve(folder: string): Promise<ServerProgram> {
  const [port] = await freePorts(1);
  const dataDir = join(folder, "server");
  const url = `http://127.0.0.1:${port}`;
  const child = startProgram(["serve"], {
    PORT: String(port),
    PROJO_DATA_DIR: dataDir,
    DATABASE_URL: undefined,
    REDIS_URL: undefined,
    // All calls come from one address.
    PROJO_LIMITS: "1000",
    PROJO_CONNECTIONS_PER_ADDRESS: "10000",
  });
  child.stdout?.resume();
  child.stderr?.resume();
  await eventually(() => isReady(url, child), 300);
  return {
    url,
    dataDir,
    async close() {
      if (child.exitCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function isReady(url: string, { exitCode }: ChildProcess): Promise<boolean> {
  if (exitCode !== null) throw new Error(`the server ended with ${exitCode}`);
  const answer = await fetch(`${url}/readyz`).catch(() => undefined);
  return answer?.ok === true;
}
