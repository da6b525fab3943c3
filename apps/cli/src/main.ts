// Passes the process's streams and environment to `run`. Only this file and start.ts have an effect at import.
import { CliError } from "./cli-error.ts";
import { homeDirectory } from "./home-directory.ts";
import type { Io } from "./io.ts";
import { report, run } from "./run.ts";

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
  void reportOutput(error);
});
// Nothing can be reported any more. The exit code still tells the result.
process.stderr.on("error", () => {});

// Set exitCode instead of calling process.exit, so that pending output to a pipe is written first.
void run(argv, io).then((exitCode) => (process.exitCode = exitCode));

async function reportOutput(error: Error): Promise<void> {
  const { outputError } = await import("./terminal/output-error.ts");
  process.exit(await report(outputError(error), argv, io));
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
