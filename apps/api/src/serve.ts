// The server's process: it reads the configuration from the environment, starts the server, and stops it in order.
import { readConfig } from "./config/config.ts";
import { systemClock } from "./runtime/clock.ts";
import { createLog } from "./runtime/log.ts";
import { systemRandomness } from "./runtime/randomness.ts";
import { handleUncaughtErrors } from "./uncaught-errors.ts";
import { startServer, type Server } from "./server.ts";
import { waitForStopSignal } from "./stop-signals.ts";

/** How long a server may take to stop after PROJO_DRAIN_SECONDS. */
const LONGEST_STOP_MS = 10_000;

export interface ServeOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Whether standard output has a JSON object in each line, for programs. */
  readonly json: boolean;
}

/**
 * Serves until a signal, and then ends the process: with 0 after an orderly stop, otherwise with 1.
 * @throws the problem with which the server cannot start
 */
export async function serve({ env, version, json }: ServeOptions): Promise<void> {
  const print = json ? printJson : printText;
  const config = readConfig(env);
  const log = createLog({ level: config.logLevel, pretty: process.stderr.isTTY });
  const { failed } = handleUncaughtErrors(log);
  const starting = startServer(config, {
    log,
    randomness: systemRandomness,
    clock: systemClock,
    announce: print.mail,
    isTerminal: process.stdout.isTTY,
    version,
  });
  const server = await Promise.race([starting, failed]);
  if (server instanceof Error) throw server;
  // Listen first: a program that reads the greeting may send a signal at once.
  const signalled = waitForStopSignal();
  print.listening(server);
  const crashed = server.crashed.then((error) => {
    process.stderr.write(`The database stopped unexpectedly: ${error.message}\n`);
    return error;
  });
  const drained = signalled.then(() => server.drain());
  const error = await Promise.race([drained, crashed, failed]);
  await stop(server);
  process.exit(error instanceof Error ? 1 : 0);
}

/** Prints the events of the process. */
interface Print {
  readonly listening: (server: Server) => void;
  readonly mail: (line: string) => void;
}

const printText: Print = {
  listening: (server) => void process.stdout.write(greeting(server)),
  mail: (line) => void process.stdout.write(`  ${line}\n`),
};

const printJson: Print = {
  listening: ({ url, database, mail, keys, web, metrics }) =>
    writeJson({ event: "listening", url, database, mail, keys, web, metrics }),
  mail: (message) => writeJson({ event: "mail", message }),
};

const writeJson = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

function greeting({ url, database, mail, keys, web, metrics }: Server): string {
  const facts = [
    `ProjoStack listens on ${url}`,
    `Data: ${database}`,
    `Mail: ${mail}`,
    ...(metrics === null ? [] : [`Metrics: ${metrics}`]),
    ...(keys === null ? [] : [`Keys: ${keys}`]),
    ...(web === "served" ? [] : [`Web application: ${web}`]),
  ];
  const next = [
    "Next, in another terminal:  npx projo signup",
    "Stop with Ctrl-C.",
    ...(web === "served" ? [`Open in a browser:  ${url}`] : []),
  ];
  return `\n${indented(facts)}\n${indented(next)}\n`;
}

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}\n`).join("");

async function stop(server: Server): Promise<void> {
  const timer = setTimeout(() => {
    process.stderr.write("Some requests took too long and were aborted.\n");
    process.exit(1);
  }, LONGEST_STOP_MS);
  await server.close();
  clearTimeout(timer);
}
