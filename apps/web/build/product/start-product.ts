import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** The built server, with the built application and an empty database. */
export interface Product {
  readonly url: string;
  /** Contains the mail in `mail`. */
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** Starts the built server in a process of its own, as `pnpm start` does. */
export async function startProduct(): Promise<Product> {
  const dataDir = await mkdtemp(join(tmpdir(), "projo-product-"));
  const { DATABASE_URL: _, ...env } = process.env;
  const server = spawn(process.execPath, ["apps/server/dist/projostack.js", "serve"], {
    cwd: root,
    env: { ...env, PORT: "0", PROJO_DATA_DIR: dataDir, PROJO_LOG_LEVEL: "warn" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(server, "exit");
  const stop = async () => {
    if (server.exitCode === null) server.kill("SIGINT");
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  };
  let output = "";
  for await (const chunk of server.stdout.setEncoding("utf8")) {
    output += String(chunk);
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
    if (url !== undefined) {
      server.stdout.resume();
      return { url, dataDir, stop };
    }
  }
  await stop();
  throw new Error(`The server did not start. Build it first. Its output: ${output}`);
}
