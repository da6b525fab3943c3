// The entry point: passes the process's streams and environment to `run`. The only file with an effect at import.
import { homedir } from "node:os";
import { CliError } from "./cli-error.ts";
import type { Io } from "./io.ts";
import { reportError } from "./report-error.ts";
import { run, wantsJson } from "./run.ts";
import { outputError } from "./terminal/output-error.ts";

const argv = process.argv.slice(2);

const io: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  homeDirectory: homeDirectory(),
  get workingDirectory() {
    return workingDirectory();
  },
  platform: process.platform,
  onInterrupt(listener) {
    // Listen once: a second Ctrl-C ends the process immediately.
    process.once("SIGINT", listener);
    return () => void process.off("SIGINT", listener);
  },
};

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader closed the pipe, as in `projo tasks list --all | head -1`. That is not a failure.
  if (error.code === "EPIPE") process.exit(0);
  process.exit(reportError(outputError(error), io, { json: wantsJson(argv) }));
});
// Nothing can be reported any more. The exit code still tells the result.
process.stderr.on("error", () => {});

// Set exitCode instead of calling process.exit, so that pending output to a pipe is written first.
process.exitCode = await run(argv, io);

/** A user id without a passwd entry has no home directory, unless HOME names one. */
function homeDirectory(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new CliError(
      "cli.no_working_directory",
      "The working directory no longer exists. Change to another directory, then run the command again.",
      { cause },
    );
  }
}
