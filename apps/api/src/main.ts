// The server's process: it reads the configuration from the environment, starts the server, and stops it in order.
import { readFileSync } from "node:fs";
import { configFromEnvironment, processEnvironment } from "./config/config.ts";
import { systemClock } from "./runtime/clock.ts";
import { createLog } from "./runtime/log.ts";
import { systemRandomness } from "./runtime/randomness.ts";
import { handleUncaughtErrors } from "./uncaught-errors.ts";
import { startServer, type Server } from "./server.ts";
import { startProblem } from "./start-problem.ts";

const LONGEST_DRAIN_MS = 10_000;

async function main(): Promise<void> {
  // The reader of the output may close it (`start | head`). This does not end the process.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  const [command, ...args] = process.argv.slice(2);
  if (command === "doctor") return doctor(args);
  if (command !== undefined) return refuseCommand(command);
  const config = configFromEnvironment();
  const log = createLog({ level: config.logLevel, pretty: process.stderr.isTTY });
  const { failed } = handleUncaughtErrors(log);
  const starting = startServer(config, {
    log,
    randomness: systemRandomness,
    clock: systemClock,
    announce: (line) => process.stdout.write(`  ${line}\n`),
    isTerminal: process.stdout.isTTY,
    version: readVersion(),
  });
  const server = await Promise.race([starting, failed]);
  if (server instanceof Error) throw server;
  process.stdout.write(greeting(server));
  const crashed = server.crashed.then((error) => {
    process.stderr.write(`The database stopped unexpectedly: ${error.message}\n`);
    return error;
  });
  const ended = await Promise.race([waitForSignal(), crashed, failed]);
  await stop(server);
  process.exit(ended instanceof Error ? 1 : 0);
}

/** Checks the environment and starts no server. */
async function doctor(args: readonly string[]): Promise<void> {
  const { inspectEnvironment } = await import("./config/inspect-environment.ts");
  const { runDoctor } = await import("./doctor/run-doctor.ts");
  const { output, exitCode } = await runDoctor(args, () => inspectEnvironment(processEnvironment()));
  // A database that hangs must not keep the process alive.
  (exitCode === 2 ? process.stderr : process.stdout).write(output, () => process.exit(exitCode));
}

function refuseCommand(command: string): void {
  process.stderr.write(
    `There is no command ${command}. Use doctor [--json], or no command to start the server.\n`,
  );
  process.exitCode = 2;
}

function greeting({ url, database, mail, keys }: Server): string {
  return `
  ProjoStack listens on ${url}
  Data: ${database}
  Mail: ${mail}${keys === null ? "" : `\n  Keys: ${keys}`}

  Next, in another terminal:  npx projo signup
  Stop with Ctrl-C.

`;
}

/** Resolves at the first signal. A second signal ends the process immediately. */
function waitForSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => resolve());
    }
  });
}

async function stop(server: Server): Promise<void> {
  const timer = setTimeout(() => {
    process.stderr.write("Some requests took too long and were aborted.\n");
    process.exit(1);
  }, LONGEST_DRAIN_MS);
  await server.close();
  clearTimeout(timer);
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const known = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return known ? String(manifest.version) : "unknown";
}

main().catch((error: unknown) => {
  process.stderr.write(`${startProblem(error)}\n`);
  process.exit(1);
});
