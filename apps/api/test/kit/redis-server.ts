// A Redis process that a test may stop, kill and start again.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";

export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

/** The reason that a skipped test shows. With CI=true a test fails when Redis is missing. */
export const noRedis = "redis-server is not installed: apt-get install redis-server";

export interface TestRedis {
  readonly url: string;
  /** SIGSTOP makes Redis hang, SIGCONT continues it, SIGKILL ends it. */
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void;
  /** @returns the names of all keys */
  keys(): Promise<string[]>;
  /** Sends a command. @returns its answer */
  command(name: string, ...args: string[]): Promise<unknown>;
  close(): Promise<void>;
}

/** @param port the port of an earlier Redis, to replace it */
export async function startRedis({
  port,
  password,
}: { port?: number; password?: string } = {}): Promise<TestRedis> {
  const chosen = port ?? (await freePort());
  // A replica writes the data of its primary to a file, which another Redis must not load.
  const directory = await mkdtemp(join(tmpdir(), "projo-redis-"));
  const settings = ["--port", String(chosen), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  settings.push("--dir", directory);
  // Settings come from stdin, so that the list of processes does not show the password.
  const server = spawn("redis-server", ["-", ...settings], { stdio: ["pipe", "ignore", "ignore"] });
  server.stdin.end(password === undefined ? "" : `requirepass ${password}\n`);
  const ended = once(server, "exit");
  await untilReachable(chosen);
  const withClient = async <T>(work: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(chosen, "127.0.0.1", password === undefined ? {} : { password });
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  };
  return {
    url: `redis://${password === undefined ? "" : `:${password}@`}127.0.0.1:${chosen}`,
    signal: (signal) => void server.kill(signal),
    keys: () => withClient((client) => client.keys("*")),
    command: (name, ...args) => withClient((client) => client.call(name, ...args)),
    close: async () => {
      server.kill("SIGKILL");
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function untilReachable(port: number): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const socket = createConnection({ host: "127.0.0.1", port });
    try {
      await once(socket, "connect");
      return;
    } catch (error) {
      if (tries === 200) throw error;
      await delay(50);
    } finally {
      socket.destroy();
    }
  }
}
