import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface RunningServer {
  readonly url: string;
  /** The data directory, which contains the mail in `mail`. */
  readonly dataDir: string;
  /** Stops the server with SIGINT, like Ctrl-C. @returns the exit code */
  stop(): Promise<number | null>;
}

/** Starts the built server in a separate process, on a free port and with an empty data directory. */
export async function runServer(root: string): Promise<RunningServer> {
  const dataDir = mkdtempSync(join(tmpdir(), "projo-docs-"));
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
    rmSync(dataDir, { recursive: true, force: true });
    return server.exitCode;
  };
  let output = "";
  for await (const chunk of server.stdout.setEncoding("utf8")) {
    output += String(chunk);
    const [, url] = /listens on (\S+)/.exec(output) ?? [];
    if (url !== undefined) return { url, dataDir, stop };
  }
  throw new Error(`The server exited before it listened. Its output: ${output}`);
}
