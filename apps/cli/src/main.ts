// The entry point: passes the process's streams and environment to `run`. The only file with an effect at import.
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
  onInterrupt(listener) {
    // Listen once: a second Ctrl-C ends the process immediately.
    process.once("SIGINT", listener);
    return () => void process.off("SIGINT", listener);
  },
};

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader closed the pipe, as in `projo tasks list --all | head -1`. That is not a failure.
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

// Set exitCode instead of calling process.exit, so that pending output to a pipe is written first.
process.exitCode = await run(process.argv.slice(2), io);
