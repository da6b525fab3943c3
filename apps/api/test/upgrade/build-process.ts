// Programs of a build in any directory, from its sources.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

export interface BuildProcess {
  readonly url: string;
  /** The warnings and errors of its log. */
  readonly logLines: readonly string[];
  /** Sends SIGTERM. @returns the exit code */
  stop(): Promise<number | null>;
}

type Env = Readonly<Record<string, string>>;

const TSX = ["--import", import.meta.resolve("tsx"), "--conditions=@projostack/source"];

/** Starts the server of the build in the directory. */
export async function startBuild(root: string, env: Env): Promise<BuildProcess> {
  const child = spawn(process.execPath, [...TSX, ...programOf(root)], {
    cwd: root,
    env: { PATH: process.env["PATH"], PORT: "0", PROJO_LOG_LEVEL: "warn", PROJO_WEB: "off", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  const logLines: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => logLines.push(line));
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /listens on (\S+)/.exec(line) ?? [];
    if (url === undefined) {
      logLines.push(line);
      continue;
    }
    child.stdout.on("data", (chunk: Buffer) => void logLines.push(String(chunk)));
    const stop = async () => {
      child.kill("SIGTERM");
      await ended;
      return child.exitCode;
    };
    return { url, logLines, stop };
  }
  throw new Error(`The server of ${root} did not start:\n${logLines.join("\n")}`);
}

/** The server of 0.1.0 is a program of apps/api. */
function programOf(root: string): string[] {
  const program = join(root, "apps/server/src/main.ts");
  return existsSync(program) ? [program, "serve"] : [join(root, "apps/api/src/main.ts")];
}

/** Migrates a database with the migrations and the runner of the build in the directory. */
export async function migrateWith(root: string, ownerUrl: string): Promise<void> {
  const db = pathToFileURL(join(root, "packages/db/src/index.ts")).href;
  const program = `
    import { migrate, withOwner } from ${JSON.stringify(db)};
    await withOwner({ connectionString: process.env.OWNER_URL }, (owner) => migrate(owner));`;
  await promisify(execFile)(process.execPath, [...TSX, "--input-type=module", "-e", program], {
    cwd: root,
    env: { PATH: process.env["PATH"], OWNER_URL: ownerUrl },
  });
}
