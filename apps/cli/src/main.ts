// The process: hands the world to `run`. The one file that reads the environment, and that does something when imported.
import { homedir, hostname } from "node:os";
import type { Io } from "./io.ts";
import { isRunning } from "./is-running.ts";
import { run } from "./run.ts";

const io: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  homeDirectory: homedir(),
  workingDirectory: process.cwd(),
  platform: process.platform,
  self: { pid: process.pid, host: hostname(), isRunning },
  fetch,
  onInterrupt(listener) {
    // Once: a second Ctrl-C ends the process at once.
    process.once("SIGINT", listener);
    return () => void process.off("SIGINT", listener);
  },
};

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // `projo tasks list --all | head -1` is no failure.
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

// Not process.exit: what is written to a pipe must get out first.
process.exitCode = await run(process.argv.slice(2), io);
