// The server's process: configuration from the environment, a word on where it listens, an orderly end.
import { readFileSync } from "node:fs";
import { configFromEnvironment } from "./config/config.ts";
import { systemClock } from "./runtime/clock.ts";
import { createLog } from "./runtime/log.ts";
import { systemRandomness } from "./runtime/randomness.ts";
import { handleUncaughtErrors } from "./uncaught-errors.ts";
import { startServer, type Server } from "./server.ts";
import { startProblem } from "./start-problem.ts";

const LONGEST_DRAIN_MS = 10_000;

async function main(): Promise<void> {
  // The reader of the output may have closed it (`start | head`): that is no reason to end.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
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
    process.stderr.write(`The database ended unasked: ${error.message}\n`);
    return error;
  });
  const ended = await Promise.race([waitForSignal(), crashed, failed]);
  await stop(server);
  process.exit(ended instanceof Error ? 1 : 0);
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

/** Fulfils at the first wish to end. A second one ends the process at once. */
function waitForSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => resolve());
    }
  });
}

async function stop(server: Server): Promise<void> {
  const late = setTimeout(() => {
    process.stderr.write("Some requests took too long to end, and were cut off.\n");
    process.exit(1);
  }, LONGEST_DRAIN_MS);
  await server.close();
  clearTimeout(late);
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
