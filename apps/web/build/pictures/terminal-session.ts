import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root, type Product } from "../product/start-product.ts";
import { email, password, workspaceName } from "./sample-data.ts";

const program = `"${process.execPath}" apps/cli/bin/projo.js`;

/** Runs commands of `projo` in a terminal of its own, as a signed-in user. @returns what the terminal shows */
export async function terminalSession(
  { url }: Product,
  commands: readonly string[],
  columns: number,
): Promise<string> {
  const configDirectory = await mkdtemp(join(tmpdir(), "projo-pictures-"));
  const env = { ...process.env, PROJO_URL: url, PROJO_CONFIG_DIR: configDirectory, TERM: "xterm" };
  try {
    const signIn = `${program} login ${email} --password-stdin`;
    execFileSync("sh", ["-c", signIn], {
      cwd: root,
      env,
      input: `${password}\n`,
      stdio: ["pipe", "ignore", "inherit"],
    });
    execFileSync("sh", ["-c", `${program} workspaces use "${workspaceName}"`], {
      cwd: root,
      env,
      stdio: "ignore",
    });
    let output = "";
    for (const command of commands) {
      // The program `script` gives the command a terminal.
      const shown = await promisify(execFile)(
        "script",
        ["-qec", `stty cols ${columns}; ${program} ${command}`, "/dev/null"],
        { cwd: root, env },
      );
      output += `$ npx projo ${command}\n${shown.stdout}\n`;
    }
    return output;
  } finally {
    await rm(configDirectory, { recursive: true });
  }
}
