import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";

import { onTestFinished } from "vitest";

import type { ConnectionTarget, EmbeddedPostgresOptions } from "../../src/embedded/index.ts";

/** An event that server-process.ts prints. */
export interface ServerEvent {
  event: "ready" | "failed" | "interrupted";
  pid: number;
  owner: ConnectionTarget;
  code?: string;
  message?: string;
}

export interface Server {
  child: ChildProcess;
  /** Waits for the next event. */
  next(): Promise<ServerEvent>;
  /** Stops the process and its database. */
  stop(): Promise<void>;
}

export interface SpawnOptions {
  /** The user and group ids to run the process with. */
  user?: { uid: number; gid: number };
  /** The script. The default is server-process.ts in this folder. */
  script?: string;
  /** A program with its arguments that runs the process, such as `unshare`. */
  through?: readonly string[];
  /** Environment variables besides those of this process. */
  env?: Readonly<Record<string, string>>;
}

/** Starts server-process.ts in its own process group, as a terminal would. */
export function spawnServer(
  options: EmbeddedPostgresOptions,
  { user, script, through = [], env = {} }: SpawnOptions = {},
): Server {
  const file = script ?? fileURLToPath(new URL("server-process.ts", import.meta.url));
  const settings = { fsync: "off", ...options.settings };
  const sourceLoader = ["--import", import.meta.resolve("tsx")];
  const program = [
    ...through,
    process.execPath,
    ...sourceLoader,
    file,
    JSON.stringify({ ...options, settings }),
  ];
  const child = spawn(program[0] ?? "", program.slice(1), {
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env },
    ...user,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, "exit");
  const stop = async () => {
    child.stdin.end();
    await exited;
  };
  onTestFinished(stop);
  return {
    child,
    stop,
    next: async () => {
      const line = await lines.next();
      if (line.done) throw new Error("The server ended without an event.");
      const event: ServerEvent = JSON.parse(line.value);
      return event;
    },
  };
}
