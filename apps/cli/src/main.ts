// Passes the process's streams, environment and signals to `run`. Only this file and start.ts have an effect at import.
import { fstatSync } from "node:fs";
import { Readable } from "node:stream";
import { CliError, interrupted, usageError } from "./cli-error.ts";
import { homeDirectory } from "./home-directory.ts";
import type { Input, Io } from "./io.ts";
import { report, run } from "./run.ts";
import { endIfBlocked, listenForStopSignals, type StopSignal } from "./stop-signals.ts";
import { withStatusLine } from "./terminal/status-line.ts";

const argv = process.argv.slice(2);
const signals = listenForStopSignals(process, (exitCode, signal) => void endNow(exitCode, signal));

let stdin: Input | undefined;
/** The exit code. Undefined until the command has ended. */
let result: number | undefined;

const io: Io = withStatusLine({
  get stdin() {
    return (stdin ??= isDirectory(0) ? directory() : process.stdin);
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  homeDirectory: homeDirectory(),
  get workingDirectory() {
    return workingDirectory();
  },
  platform: process.platform,
  onInterrupt: signals.onStop,
  ignoreInterrupts: signals.ignoreInterrupts,
  onContinue: (listener) => void process.once("SIGCONT", listener),
  openChanges: new Set(),
  answered: new Set(),
});

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader closed the pipe, as in `projo tasks list --all | head -1`. That is not a failure.
  if (error.code === "EPIPE") exit(0);
  else void reportOutput(error);
});
// Nothing can be reported any more. The exit code still tells the result.
process.stderr.on("error", () => {});

// Set exitCode instead of calling process.exit, so that pending output to a pipe is written first.
void run(argv, io).then((code) => {
  result = signals.exitCodeOf(code);
  process.exitCode = result;
});

// The report loads files, which an update of the program may have removed. Its own failure must not be reported again.
process.on("uncaughtException", (error) => void report(error, argv, io).then(exit, () => exit(1)));

process.on("exit", (code) => {
  // Nothing is left to wait for, and the command has not ended: a bug, which must not look like a success.
  if (result === undefined && (code === 0 || code === 13)) process.exitCode = 1;
  leaveTerminal();
});

/** Ends a command that does not end by itself. A request that changes data may have been carried out. */
async function endNow(exitCode: number, signal: StopSignal): Promise<void> {
  if (result !== undefined) exit(result);
  leaveTerminal();
  await reportStop().catch(() => {});
  await endIfBlocked(process, signal);
  exit(exitCode);
}

async function reportStop(): Promise<void> {
  const { explainStop } = await import("./connection/explain-connection.ts");
  const [operation] = io.openChanges ?? [];
  const details = operation === undefined ? {} : { operation, mayHaveBeenCarriedOut: true };
  await report(interrupted(explainStop(operation), details), argv, io);
}

async function reportOutput(error: Error): Promise<void> {
  const { outputError } = await import("./terminal/output-error.ts");
  exit(signals.exitCodeOf(await report(outputError(error), argv, io)));
}

function exit(code: number): never {
  result = code;
  process.exit(code);
}

/** Removes the status line, and ends the raw mode of a prompt, which may have hidden the cursor. */
function leaveTerminal(): void {
  io.statusLine?.close();
  // Without a prompt, standard input was not opened.
  if (stdin === undefined || !process.stdin.isRaw) return;
  process.stdin.setRawMode(false);
  process.stderr.write(SHOW_CURSOR);
}

const SHOW_CURSOR = "\u001b[?25h";

/** Node.js reads a directory as if it were empty. */
function isDirectory(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isDirectory();
  } catch {
    return false;
  }
}

const directory = (): Input =>
  new Readable({
    read() {
      this.destroy(usageError("Standard input is a directory. Pipe in a file."));
    },
  });

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
