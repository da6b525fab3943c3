import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { programOf } from "../kit/programs.ts";

export interface ServerProcess {
  readonly url: string;
  /** The lines of its log. */
  readonly logLines: readonly string[];
  stop(): Promise<void>;
}

export interface ServerProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  /** The milliseconds by which its clock is wrong. */
  readonly clockShiftMs: number;
}

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Starts the server in a separate process with a wrong clock. */
export async function startServerProcess({
  env,
  clockShiftMs,
}: ServerProcessOptions): Promise<ServerProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), "projo-process-"));
  const { execArgv, file } = programOf();
  const shifting = `data:text/javascript,${encodeURIComponent(shiftedClock(clockShiftMs))}`;
  const child = spawn(process.execPath, [...execArgv, "--import", shifting, file, "serve"], {
    cwd: root,
    env: { PATH: process.env["PATH"], PORT: "0", PROJO_DATA_DIR: dataDir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  const logLines: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => logLines.push(line));
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /listens on (\S+)/.exec(line) ?? [];
    if (url === undefined) continue;
    const stop = async () => {
      child.kill("SIGTERM");
      await ended;
      await rm(dataDir, { recursive: true, force: true });
    };
    return { url, logLines, stop };
  }
  throw new Error(`The server did not start:\n${logLines.join("\n")}`);
}

/** The source of a module that replaces `Date`. Node.js runs it before it loads the server. */
const shiftedClock = (ms: number): string => `
  const TrueDate = Date;
  globalThis.Date = class Date extends TrueDate {
    constructor(...given) {
      if (given.length === 0) super(TrueDate.now() + ${ms});
      else super(...given);
    }
    static now() {
      return TrueDate.now() + ${ms};
    }
  };
`;
