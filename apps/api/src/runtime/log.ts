import { pino, type DestinationStream, type Logger } from "pino";
import pretty from "pino-pretty";

export type Log = Logger;

export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  readonly level: string;
  /** For people at a terminal; else a JSON object a line. */
  readonly pretty: boolean;
  /** Where the lines go. Default: stderr. */
  readonly destination?: DestinationStream;
}

/** The server's log, on stderr. Whatever holds a token or a password is named here, and never written. */
export function createLog({ level, pretty: readable, destination }: LogOptions): Log {
  const options = {
    level,
    redact: ["req.headers", "*.password", "*.accessToken", "*.authorization"],
    serializers: { err: (error: unknown) => errorFacts(error) },
  };
  return readable
    ? pino(
        options,
        pretty({
          destination: 2,
          sync: true,
          singleLine: true,
          ignore: "pid,hostname",
          translateTime: "SYS:HH:MM:ss",
        }),
      )
    : pino(options, destination ?? toStderr());
}

/** The most bytes that wait to be written. Further lines are dropped: a reader that has stopped must not fill the memory. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

/**
 * Lines are written together, in their order: when there are 4 KB of them, or after a tenth of a second. What is left when
 * the process ends is written then. To write each by itself took longer than to make it. A log that cannot be written, as on
 * a full disk, is no reason to end: what waits is tried again with the next line.
 */
function toStderr(): DestinationStream {
  const stderr = pino.destination({
    dest: 2,
    sync: false,
    minLength: 4_096,
    maxLength: MOST_WAITING_BYTES,
    periodicFlush: 100,
  });
  stderr.on("error", () => {});
  process.on("exit", () => {
    try {
      stderr.flushSync();
    } catch {
      // There is nowhere left to say it.
    }
  });
  return stderr;
}

interface ErrorFacts {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code?: unknown;
  readonly cause?: ErrorFacts | string;
}

/**
 * What the log says of an error: this and no more, for drivers attach the rows at hand to theirs ("Failing row
 * contains ..."), among them stored hashes, and the whole connection.
 */
function errorFacts(error: unknown, depth = 0): ErrorFacts | string {
  if (!(error instanceof Error) || depth > 8) return String(error);
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message,
    stack,
    ...("code" in error ? { code: error.code } : {}),
    ...(cause === undefined ? {} : { cause: errorFacts(cause, depth + 1) }),
  };
}
